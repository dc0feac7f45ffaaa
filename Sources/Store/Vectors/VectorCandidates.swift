/// The vectors scanned by one thread that can be among the k nearest.
///
/// The true score of a vector is in `[lower, upper]`. A vector whose upper bound is below the k-th
/// largest lower bound cannot be among the k nearest; all others are kept.
struct VectorCandidates {
  /// A vector by its slot in the index.
  struct Candidate {
    var slot: Int
    var upper: Float
  }

  let limit: Int
  private(set) var candidates: [Candidate] = []
  /// The `limit` largest lower bounds, a binary heap with the smallest at the root.
  private(set) var lowerBounds: [Float] = []
  private var pruneCount: Int

  init(limit: Int) {
    self.limit = limit
    pruneCount = 8 * (limit + 64)
  }

  /// The k-th largest lower bound so far; the smallest finite number while there are fewer than k,
  /// so that removed vectors (-infinity) are never candidates.
  var threshold: Float {
    lowerBounds.count == limit
      ? lowerBounds.first ?? .infinity : -.greatestFiniteMagnitude
  }

  /// Adds a vector whose upper bound reaches the threshold.
  mutating func insert(slot: Int, upper: Float, lower: Float) {
    candidates.append(Candidate(slot: slot, upper: upper))
    insert(lowerBound: lower)
    guard candidates.count >= pruneCount else { return }
    let threshold = threshold
    candidates.removeAll { $0.upper < threshold }
    pruneCount = max(pruneCount, 2 * candidates.count)
  }

  /// Adds the candidates of another thread.
  mutating func merge(_ other: VectorCandidates) {
    candidates += other.candidates
    for lower in other.lowerBounds { insert(lowerBound: lower) }
  }

  /// The candidates that can be among the k nearest, by descending upper bound.
  func survivors() -> [Candidate] {
    let threshold = threshold
    return candidates.filter { $0.upper >= threshold }
      .sorted { ($1.upper, $0.slot) < ($0.upper, $1.slot) }
  }

  private mutating func insert(lowerBound: Float) {
    if lowerBounds.count < limit {
      lowerBounds.append(lowerBound)
      siftUp()
    } else if let smallest = lowerBounds.first, lowerBound > smallest {
      lowerBounds[0] = lowerBound
      siftDown()
    }
  }

  private mutating func siftUp() {
    var child = lowerBounds.count - 1
    while child > 0, lowerBounds[child] < lowerBounds[(child - 1) / 2] {
      lowerBounds.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < lowerBounds.count && lowerBounds[child] < lowerBounds[smallest] {
        smallest = child
      }
      guard smallest != parent else { return }
      lowerBounds.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
