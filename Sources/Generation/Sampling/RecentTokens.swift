/// The last tokens of a text and the number of occurrences of each.
struct RecentTokens {
  /// A ring buffer; once it is full, `oldest` is the index of the oldest token.
  private var ring: [Int32] = []
  private var oldest = 0
  private let limit: Int
  private var counts: [UInt32]

  /// Initial capacity; a longer buffer grows as it fills.
  private static let reservedTokenCount = 4096

  /// - Parameters:
  ///   - limit: number of tokens to keep; 0 for none.
  ///   - vocabularyCount: number of token ids.
  init(limit: Int, vocabularyCount: Int) {
    self.limit = limit
    counts = [UInt32](repeating: 0, count: limit == 0 ? 0 : vocabularyCount)
    ring.reserveCapacity(min(limit, Self.reservedTokenCount))
  }

  /// The number of occurrences of `id`.
  func count(of id: Int) -> Int { counts.isEmpty ? 0 : Int(counts[id]) }

  /// Adds a token and drops the oldest one if there are more than the limit.
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
