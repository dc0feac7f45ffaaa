/// Which keys a query sees.
///
/// The queries of a sequence are its last positions: of n keys and m ≤ n queries, query i is at
/// position `n - m + i`. So a mask means the same for a whole prompt and for its continuation.
package enum AttentionMask: Sendable, Equatable {
  /// Every key: encoders, and cross-attention, where the number of queries is independent of the
  /// number of keys.
  case full
  /// The keys up to the query's own position; with a window only the last `window` of them, the own
  /// position included (Jiang et al. 2023, arXiv:2310.06825).
  case causal(window: Int?)

  /// Keys that a query sees at most; half of the largest integer, so that sums with it do not
  /// overflow, where there is no limit.
  var window: Int {
    switch self {
    case .full, .causal(window: nil): Int.max / 2
    case .causal(let window?): window
    }
  }

  /// The position of the first of `queries` queries among `keys` keys; of the full mask any
  /// position from which all keys are seen.
  func firstPosition(queries: Int, keys: Int) -> Int {
    self == .full ? keys : keys - queries
  }

  /// Traps where the queries cannot be positions of the keys.
  func check(queries: Int, keys: Int) {
    precondition(queries == 0 || keys > 0, "queries without a key")
    guard case .causal(let window) = self else { return }
    precondition(queries <= keys, "a causal query without a position")
    precondition(window.map { $0 > 0 } ?? true, "a window includes the own position")
  }
}
