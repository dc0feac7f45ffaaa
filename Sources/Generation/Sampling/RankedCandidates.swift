/// Tokens sorted lazily by descending key.
///
/// The entries form a binary max-heap; extracting the next largest moves it to the end of the buffer.
/// The first k of n candidates cost O(n + k log n) without knowing k in advance, in one buffer that is
/// never reallocated.
///
/// - Source: Williams, Algorithm 232: Heapsort, 1964, with Floyd's O(n) construction.
struct RankedCandidates {
  /// A token and its sort key.
  struct Candidate {
    var id: Int32
    var key: Float
  }

  private var entries: [Candidate] = []
  /// `entries[..<heapCount]` is the heap; the sorted candidates follow it, the first one last.
  private var heapCount = 0
  /// Number of remaining candidates: ranks `0..<count` exist.
  private(set) var count = 0

  /// Whether no candidate has been removed.
  var isWhole: Bool { count == entries.count }

  /// - Parameter capacity: largest number of candidates.
  init(capacity: Int) {
    entries.reserveCapacity(capacity)
  }

  /// Removes all candidates and keeps the buffer.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    (heapCount, count) = (0, 0)
  }

  /// Adds a candidate, before ``rank()``.
  mutating func append(id: Int32, key: Float) {
    entries.append(Candidate(id: id, key: key))
  }

  /// Builds the heap of the added candidates.
  mutating func rank() {
    (heapCount, count) = (entries.count, entries.count)
    for index in stride(from: heapCount / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
  }

  /// The candidate of a rank, 0 being the largest; equal keys rank by ascending id.
  ///
  /// - Precondition: `rank` is below `count`.
  subscript(rank: Int) -> Candidate {
    mutating get {
      while entries.count - heapCount <= rank { sortNext() }
      return entries[entries.count - 1 - rank]
    }
  }

  /// Keeps the first `newCount` ranks.
  mutating func keep(first newCount: Int) {
    count = min(count, newCount)
  }

  /// Moves the candidate of one rank to an earlier rank, whose candidate is overwritten.
  mutating func move(from rank: Int, to earlierRank: Int) {
    entries[entries.count - 1 - earlierRank] = self[rank]
  }

  private mutating func sortNext() {
    heapCount -= 1
    // Not `swapAt`, which allocates in debug builds.
    let first = entries[0]
    entries[0] = entries[heapCount]
    entries[heapCount] = first
    siftDown(from: 0)
  }

  private static func comesFirst(_ a: Candidate, _ b: Candidate) -> Bool {
    a.key > b.key || (a.key == b.key && a.id < b.id)
  }

  private mutating func siftDown(from start: Int) {
    guard start < heapCount else { return }
    let moving = entries[start]
    var parent = start
    while true {
      var child = 2 * parent + 1
      guard child < heapCount else { break }
      if child + 1 < heapCount, Self.comesFirst(entries[child + 1], entries[child]) { child += 1 }
      guard Self.comesFirst(entries[child], moving) else { break }
      entries[parent] = entries[child]
      parent = child
    }
    entries[parent] = moving
  }
}
