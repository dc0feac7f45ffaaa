/// The merge of two neighbouring symbols.
struct Merge: Sendable, Equatable {
  /// Priority: the lowest rank merges first.
  var rank: UInt32
  /// The symbol that replaces both.
  var symbol: Int32
}

/// The merges of a byte-pair encoding, in one open-addressing hash table.
///
/// The two algorithms of language models differ only in how they fill it: byte-level BPE lists its
/// merges in order; SentencePiece BPE merges every pair whose spelling is a piece and ranks by score.
///
/// A slot is two words: the pair `left << 32 | right`, and `rank << 32 | symbol`.
struct MergeTable: Sendable {
  /// The packed merge of a pair that does not merge; its upper half is above every rank.
  static let none = UInt64.max

  private var words: [UInt64]
  private var mask: Int
  private(set) var count = 0

  /// - Parameter expectedCount: number of pairs, so that the table need not grow; only a hint.
  init(expectedCount: Int = 0) {
    var capacity = 64
    while capacity < expectedCount * 2 { capacity *= 2 }
    words = Array(repeating: Self.none, count: capacity * 2)
    mask = capacity - 1
  }

  /// Adds a merge; a second merge of the same pair is ignored, as in llama.cpp's map of ranks.
  ///
  /// - Precondition: the symbols are not negative, and `merge.rank` is below `UInt32.max`.
  mutating func insert(left: Int32, right: Int32, _ merge: Merge) {
    if (count + 1) * 2 > mask + 1 { grow() }
    let key = Self.key(left, right)
    let slot = self.slot(of: key)
    guard words[slot * 2] == Self.none else { return }
    words[slot * 2] = key
    words[slot * 2 + 1] = UInt64(merge.rank) << 32 | UInt64(UInt32(merge.symbol))
    count += 1
  }

  /// The merge of a pair, or nil.
  func merge(left: Int32, right: Int32) -> Merge? {
    let packed = packedMerge(left: left, right: right)
    guard packed != Self.none else { return nil }
    return Merge(rank: UInt32(packed >> 32), symbol: Int32(truncatingIfNeeded: packed))
  }

  /// `rank << 32 | symbol` of a pair, or ``none``.
  @inline(__always)
  func packedMerge(left: Int32, right: Int32) -> UInt64 {
    // The search for an absent pair ends at a free slot, whose second word is `none` as well.
    words[slot(of: Self.key(left, right)) * 2 + 1]
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The slot of `key`, or the free slot where it would be inserted.
  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    // Fibonacci hashing of both halves: the golden ratio spreads consecutive ids over the table.
    let mixed = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: mixed >> 32) & mask
    while words[slot * 2] != key && words[slot * 2] != Self.none { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = words
    mask = mask * 2 + 1
    words = Array(repeating: Self.none, count: (mask + 1) * 2)
    for index in stride(from: 0, to: old.count, by: 2) where old[index] != Self.none {
      let slot = self.slot(of: old[index])
      words[slot * 2] = old[index]
      words[slot * 2 + 1] = old[index + 1]
    }
  }
}
