/// Tokens in the order of their keys, sorted only as far as somebody looks.
///
/// The entries form a binary max-heap; taking the next largest moves it behind the heap's end. So
/// the first k of n cost O(n + k log n), whatever k turns out to be, in one buffer that is never
/// reallocated.
///
/// - Source: Williams, Algorithm 232: Heapsort, 1964, with Floyd's O(n) construction.
struct RankedCandidates {
  /// A token and what it is ranked by.
  struct Candidate {
    var id: Int32
    var key: Float
  }

  private var entries: [Candidate] = []
  /// `entries[..<heapCount]` is the heap; behind it lie the sorted ones, the first at the very end.
  private var heapCount = 0
  /// How many candidates are left: ranks `0..<count` exist.
  private(set) var count = 0

  /// Whether nothing was cut.
  var isWhole: Bool { count == entries.count }

  /// - Parameter capacity: how many candidates there can be.
  init(capacity: Int) {
    entries.reserveCapacity(capacity)
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    (heapCount, count) = (0, 0)
  }

  /// Adds a candidate; all are added before the first rank is asked for.
  mutating func append(id: Int32, key: Float) {
    entries.append(Candidate(id: id, key: key))
  }

  /// Orders what was added.
  mutating func rank() {
    (heapCount, count) = (entries.count, entries.count)
    for index in stride(from: heapCount / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
  }

  /// The candidate with `rank` larger ones before it; equal keys rank by ascending id.
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

  /// Puts the candidate of one rank at an earlier one, whose candidate is lost.
  mutating func move(from rank: Int, to earlierRank: Int) {
    entries[entries.count - 1 - earlierRank] = self[rank]
  }

  private mutating func sortNext() {
    heapCount -= 1
    // Not `swapAt`, which allocates where nothing is optimised.
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
