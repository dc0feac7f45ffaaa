import Testing

@testable import Tokenizers

@Suite struct PairMergerTests {
  /// A direct implementation of the definition: merges the lowest rank, of equal ones the leftmost.
  private func merged(_ symbols: [Int32], _ table: MergeTable) -> [Int32] {
    var symbols = symbols
    while true {
      var best: (place: Int, merge: Merge)?
      for place in 0..<max(0, symbols.count - 1) {
        guard let merge = table.merge(left: symbols[place], right: symbols[place + 1]) else {
          continue
        }
        if let best, best.merge.rank <= merge.rank { continue }
        best = (place, merge)
      }
      guard let best else { return symbols }
      symbols.replaceSubrange(best.place...best.place + 1, with: [best.merge.symbol])
    }
  }

  private func randomTable(_ generator: inout SplitMix64) -> MergeTable {
    var table = MergeTable()
    var symbolCount = Int32.random(in: 2...4, using: &generator)
    for _ in 0..<Int.random(in: 0...40, using: &generator) {
      // Few ranks, so that many are equal.
      table.insert(
        left: Int32.random(in: 0..<symbolCount, using: &generator),
        right: Int32.random(in: 0..<symbolCount, using: &generator),
        Merge(rank: UInt32.random(in: 0...6, using: &generator), symbol: symbolCount))
      symbolCount += 1
    }
    return table
  }

  /// Lengths on both sides of the switch from scan to queue.
  @Test(arguments: [0, 1, 2, 3, 7, 20, 47, 48, 49, 50, 97, 300])
  func scanAndQueueEqualTheDefinition(count: Int) {
    var generator = SplitMix64(state: UInt64(count))
    var merger = PairMerger()
    for _ in 0..<30 {
      let table = randomTable(&generator)
      let symbols = (0..<count).map { _ in Int32.random(in: 0...2, using: &generator) }
      var actual = symbols
      merger.merge(&actual, with: table)
      #expect(actual == merged(symbols, table))
    }
  }

  @Test func aTableKeepsWhatItWasGiven() {
    var table = MergeTable()
    for left in 0..<Int32(100) {
      for right in 0..<Int32(30) {
        table.insert(left: left, right: right, Merge(rank: UInt32(left), symbol: right))
      }
    }
    #expect(table.count == 3_000)
    #expect(table.merge(left: 77, right: 12) == Merge(rank: 77, symbol: 12))
    #expect(table.merge(left: 12, right: 77) == nil)
    table.insert(left: 77, right: 12, Merge(rank: 1, symbol: 1))  // the first stays
    #expect(table.merge(left: 77, right: 12) == Merge(rank: 77, symbol: 12))
    #expect(table.count == 3_000)
  }
}
