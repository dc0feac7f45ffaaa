/// The last tokens of a text, and how often each occurs among them.
struct RecentTokens {
  /// A ring: the oldest is at `oldest` once it is full.
  private var ring: [Int32] = []
  private var oldest = 0
  private let limit: Int
  private var counts: [UInt32]

  /// Room that is made at once; longer memories grow as they fill.
  private static let reservedTokenCount = 4096

  /// - Parameters:
  ///   - limit: how many tokens are remembered; 0 remembers none.
  ///   - vocabularyCount: ids are below it.
  init(limit: Int, vocabularyCount: Int) {
    self.limit = limit
    counts = [UInt32](repeating: 0, count: limit == 0 ? 0 : vocabularyCount)
    ring.reserveCapacity(min(limit, Self.reservedTokenCount))
  }

  /// How often `id` occurs.
  func count(of id: Int) -> Int { counts.isEmpty ? 0 : Int(counts[id]) }

  /// Adds a token; the oldest one is forgotten when there are too many.
  mutating func append(_ id: Int32) {
    guard limit > 0, id >= 0, Int(id) < counts.count else { return }
    counts[Int(id)] += 1
    if ring.count < limit {
      ring.append(id)
      return
    }
    counts[Int(ring[oldest])] -= 1
    ring[oldest] = id
    oldest = (oldest + 1) % limit
  }
}
