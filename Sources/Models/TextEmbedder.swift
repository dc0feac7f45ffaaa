internal import KernelInterface
internal import Kernels
internal import Synchronization

/// Turns token ids into embeddings: a BERT with its working memory.
///
/// Calls from several threads take turns, since one call uses all cores.
///
/// Many sequences are divided into groups, and each thread computes whole groups by itself: threads do
/// not wait for each other between layers, and a group's activations stay in one core's cache. The
/// remaining groups, and a call with few tokens, are computed by all threads together, layer by layer.
/// Both ways give the same bits, since every row's result is independent of the other rows. Short texts
/// are in groups of their own, since their activations take more bits.
package final class TextEmbedder: Sendable {
  package let model: BERTModel
  private let workspaces: Mutex<[BERTWorkspace]>

  /// The most tokens that are computed together (or one longer sequence).
  ///
  /// Enough rows for the kernels' full speed, and few enough that a layer's activations (at most 15 KB
  /// a token) stay in cache between steps; `Benchmarks/SPEED.md` compares sizes.
  package static let groupTokenCount = 256

  package init(_ model: BERTModel) {
    self.model = model
    workspaces = Mutex([])
  }

  /// Numbers in one embedding.
  package var dimension: Int { model.config.embed }

  /// The longest sequence, [CLS] and [SEP] included.
  package var maximumTokenCount: Int { model.config.maximumTokenCount }

  /// Embeds sequences of token ids, to which the caller has added [CLS] and [SEP].
  ///
  /// - Parameters:
  ///   - sequences: each of 1 to `maximumTokenCount` ids; nothing is truncated.
  ///   - tap: receives the activations of every group in order; groups are then computed one after
  ///     another.
  /// - Returns: row-major `[sequences.count, dimension]`, in the order of `sequences`.
  /// - Throws: `ModelError.emptySequence`, `.tooManyTokens` or `.tokenOutsideVocabulary`, before
  ///   anything is computed.
  /// - Complexity: O(tokens × layers × (embed² + embed × ffn + length × embed)).
  package func embed(
    tokenIDs sequences: [[Int32]], tap: Tap? = nil
  ) throws(ModelError) -> [Float] {
    for (index, sequence) in sequences.enumerated() {
      try checkTokens(
        sequence, index: index, limit: maximumTokenCount, vocab: model.config.vocab)
    }
    let (order, groups) = groups(of: sequences)
    let pool = model.compute.pool
    return workspaces.withLock { workspaces in
      while workspaces.count < pool.threadCount { workspaces.append(BERTWorkspace()) }
      let spaces = workspaces
      // As many groups as all threads can share evenly; the others are computed together.
      let aloneCount =
        tap == nil && pool.threadCount > 1
        ? groups.count / pool.threadCount * pool.threadCount : 0
      let alone = Mutex([[Float]](repeating: [], count: aloneCount))
      pool.run(taskCount: aloneCount) { group, thread in
        let vectors = spaces[thread].embed(groups[group], model: model, tap: nil)
        alone.withLock { $0[group] = vectors }
      }
      var vectors = alone.withLock { $0 }.flatMap { $0 }
      for group in groups[aloneCount...] {
        vectors += spaces[0].embed(group, model: model, tap: tap)
      }
      return rows(of: vectors, placedAt: order)
    }
  }

  /// The groups of sequences that are computed together, and the places of their sequences: first those
  /// with activations of 16 bits, each kind in the order that it has.
  private func groups(of sequences: [[Int32]]) -> (order: [Int], groups: [TokenBatch]) {
    let isWide = sequences.map { model.activationWidth(tokenCount: $0.count) == .sixteenBits }
    let kinds = [true, false].map { kind in sequences.indices.filter { isWide[$0] == kind } }
    let groups = kinds.flatMap { places in
      TokenBatch.groups(of: places.map { sequences[$0] }, tokenLimit: Self.groupTokenCount)
    }
    return (kinds[0] + kinds[1], groups)
  }

  /// `[rows, dimension]` with row i of `vectors` as row `order[i]`.
  private func rows(of vectors: [Float], placedAt order: [Int]) -> [Float] {
    if order == Array(order.indices) { return vectors }
    var result = [Float](repeating: 0, count: vectors.count)
    for (row, place) in order.enumerated() {
      let source = vectors[(row * dimension)..<((row + 1) * dimension)]
      result.replaceSubrange((place * dimension)..<((place + 1) * dimension), with: source)
    }
    return result
  }
}
