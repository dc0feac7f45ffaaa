internal import Kernels
internal import Synchronization

/// Token ids to unit vectors: a BERT with the memory that it computes in.
///
/// It may be called from several threads; they take turns, as one forward pass already uses all
/// cores. After the first full batch nothing but the result is allocated.
package final class TextEmbedder: Sendable {
  package let model: BERTModel
  private let state: Mutex<BERTState?>

  /// Sequences are computed together up to this many tokens.
  ///
  /// Enough rows for the kernels' full speed, and few enough that a layer's activations (15 KB a
  /// token at its widest) stay near the cores between steps: with 1,024 tokens, sequences of 256
  /// were embedded 12 % slower in Float32 and 25 % in Q8_0 (`swiftrag bench embed`).
  package static let batchTokenCount = 256

  package init(_ model: BERTModel) {
    self.model = model
    state = Mutex(nil)
  }

  /// Numbers in one embedding.
  package var dimension: Int { model.config.embed }

  /// The longest sequence, [CLS] and [SEP] included.
  package var maximumTokenCount: Int { model.config.maximumTokenCount }

  /// Embeds sequences of token ids, [CLS] and [SEP] included by the caller.
  ///
  /// - Parameters:
  ///   - sequences: each of 1 to `maximumTokenCount` ids; nothing is truncated.
  ///   - tap: receives the activations of every batch, in order.
  /// - Returns: row-major `[sequences.count, dimension]`, in the order given.
  /// - Throws: `ModelError.emptySequence`, `.tooManyTokens` or `.tokenOutsideVocabulary`; then
  ///   nothing was computed.
  /// - Complexity: O(tokens × layers × (embed² + embed × ffn + length × embed)).
  package func embed(
    tokenIDs sequences: [[Int32]], tap: ActivationTap? = nil
  ) throws(ModelError) -> [Float] {
    for (index, sequence) in sequences.enumerated() { try check(sequence, index: index) }
    return state.withLock { state in
      var result: [Float] = []
      result.reserveCapacity(sequences.count * dimension)
      var batch = TokenBatch()
      for sequence in sequences {
        let isFull = batch.tokenIDs.count + sequence.count > Self.batchTokenCount
        if isFull, batch.sequenceCount > 0 {
          compute(batch, state: &state, tap: tap, appendingTo: &result)
          batch.removeAll()
        }
        batch.append(sequence)
      }
      if batch.sequenceCount > 0 {
        compute(batch, state: &state, tap: tap, appendingTo: &result)
      }
      return result
    }
  }

  private func compute(
    _ batch: TokenBatch, state: inout BERTState?, tap: ActivationTap?,
    appendingTo result: inout [Float]
  ) {
    let tokenCount = batch.tokenIDs.count
    // A single query needs 16 rows, not 1,024: memory grows with use, by doubling.
    var room: BERTState
    if let existing = state.take(), existing.capacity >= tokenCount {
      room = existing
    } else {
      var capacity = 64
      while capacity < tokenCount { capacity *= 2 }
      room = BERTState(config: model.config, capacity: capacity)
    }
    model.forward(batch, state: &room, tap: tap)
    room.pooled.withElements { elements in
      for index in elements.indices { result.append(elements[index]) }
    }
    state = consume room
  }

  private func check(_ sequence: [Int32], index: Int) throws(ModelError) {
    if sequence.isEmpty { throw .emptySequence(index: index) }
    if sequence.count > maximumTokenCount {
      throw .tooManyTokens(sequence: index, count: sequence.count, limit: maximumTokenCount)
    }
    let vocab = model.config.vocab
    for (position, id) in sequence.enumerated() where id < 0 || Int(id) >= vocab {
      throw .tokenOutsideVocabulary(
        id: id, sequence: index, position: position, vocabularyCount: vocab)
    }
  }
}
