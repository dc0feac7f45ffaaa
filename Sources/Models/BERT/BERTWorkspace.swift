internal import Kernels

/// The memory of one forward pass at a time.
///
/// It grows on demand and is kept. A workspace may be used by one thread at a time: ``TextEmbedder`` gives each thread its own.
final class BERTWorkspace: @unchecked Sendable {
  private var state: BERTState?

  /// Computes the embeddings of a group of sequences, `[sequences, embed]`.
  func embed(_ group: TokenBatch, model: BERTModel, tap: Tap?) -> [Float] {
    let tokenCount = group.tokenIDs.count
    // A single query has about 16 rows, not 256: memory grows by doubling.
    var room: BERTState
    if let existing = state.take(), existing.capacity >= tokenCount {
      room = existing
    } else {
      var capacity = 64
      while capacity < tokenCount { capacity *= 2 }
      room = BERTState(config: model.config, capacity: capacity)
    }
    model.forward(group, state: &room, tap: tap)
    let vectors = room.pooled.array()
    state = consume room
    return vectors
  }
}
