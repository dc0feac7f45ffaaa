/// Finds the cheapest way to group atoms into chunks.
///
/// Total-fit optimisation by dynamic programming, as Knuth and Plass choose the line breaks of a
/// paragraph ("Breaking Paragraphs into Lines", Software: Practice and Experience 11, 1981): not
/// the first cut that fits, but the set of cuts with the smallest total cost. Costs are integers,
/// so that every machine chooses the same cuts. An empty chunk costs 1,000.
struct ChunkPlan {
  /// Preferred size, in tokens without the special ones.
  let target: Int
  /// Largest size, in tokens without the special ones; at least `target`.
  let limit: Int

  /// Number of bytes that count as at least one token.
  ///
  /// WordPiece maps a word of more than 100 characters to one unknown token; without this bound, a
  /// megabyte without spaces would be one small chunk. English has about 4.5 bytes a token, and
  /// tables of short words and numbers fewer.
  static let maximumBytesPerToken = 16

  /// Cost of a chunk that contains a heading of level 1 or 2 after its start.
  ///
  /// Two sections of size s are joined if 2 (1 - s)² > (1 - 2 s)² + 0.9, that is if they are below
  /// about a fifth of the target.
  static let crossingCost = 900

  /// Cost of a cut.
  ///
  /// A paragraph end is worth a chunk that is 40 % off the target (0.4² = 0.16), a sentence end one
  /// that is 80 % off; the middle of a sentence is taken only if nothing else fits.
  static func cost(of place: CutPlace) -> Int {
    switch place {
    case .page, .section: 0
    case .subheading: 50
    case .paragraph: 150
    case .sentence: 600
    case .insideSentence: 3_000
    case .afterHeading: 100_000
    }
  }

  /// The size of a range of atoms: its tokens, or its bytes if they exceed what its tokens allow.
  static func size(tokenCount: Int, byteCount: Int) -> Int {
    max(tokenCount, (byteCount + maximumBytesPerToken - 1) / maximumBytesPerToken)
  }

  /// The groups, each a range of indices of `atoms`.
  ///
  /// - Precondition: no atom is larger than `limit`.
  /// - Complexity: O(n w) time for n atoms, of which at most w fit into a chunk; O(n) memory.
  func groups(of atoms: [TextAtom]) -> [Range<Int>] {
    guard !atoms.isEmpty else { return [] }
    var bestCost = [Int](repeating: .max, count: atoms.count + 1)
    var bestStart = [Int](repeating: 0, count: atoms.count + 1)
    bestCost[0] = 0
    for end in 1...atoms.count {
      let cut = end < atoms.count ? Self.cost(of: atoms[end].place) : 0
      var tokenCount = 0
      var crossed = 0
      for start in stride(from: end - 1, through: 0, by: -1) {
        tokenCount += atoms[start].tokenCount
        let byteCount = atoms[end - 1].range.upperBound - atoms[start].range.lowerBound
        let size = Self.size(tokenCount: tokenCount, byteCount: byteCount)
        guard size <= limit || start == end - 1 else { break }
        let cost =
          bestCost[start] + cut + slackCost(size: size) + crossed * Self.crossingCost
        // On a tie, takes the longer chunk, which comes later in this loop.
        if cost <= bestCost[end] { (bestCost[end], bestStart[end]) = (cost, start) }
        if atoms[start].place == .section { crossed += 1 }
      }
    }
    var groups: [Range<Int>] = []
    var end = atoms.count
    while end > 0 {
      groups.append(bestStart[end]..<end)
      end = bestStart[end]
    }
    return groups.reversed()
  }

  /// 1,000 times the square of the relative distance from the target: of the target below it, of
  /// the room up to the limit above it.
  private func slackCost(size: Int) -> Int {
    let distance = abs(size - target)
    let scale = size <= target ? target : max(1, limit - target)
    return distance >= scale ? 1_000 : 1_000 * distance * distance / (scale * scale)
  }
}
