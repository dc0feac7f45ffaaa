// The pieces of a WordPiece vocabulary and the search for the longest one that fits.

/// Ids and spellings of word pieces, and a trie that finds the longest piece at a place of a word.
///
/// Keys are bytes: Swift's `String` compares by canonical equivalence, under which "é" and "e" with
/// an accent are one key, while the vocabulary may hold both.
package struct WordPieceVocabulary: Sendable {
  /// Every spelling, one after another, "##" included.
  private let spellings: [UInt8]
  /// `count + 1` places in `spellings`.
  private let spellingOffsets: [Int]
  private let trie: ByteTrie

  /// Number of ids.
  package var count: Int { spellingOffsets.count - 1 }

  /// The two places from which a piece can be searched.
  enum Position: Int {
    /// At the start of a word: pieces as they are spelled.
    case wordStart = 0
    /// Within a word: pieces spelled with "##", without it.
    case continuation = 1
  }

  /// - Parameters:
  ///   - pieces: the spelling of each id, UTF-8, continuations with "##". Of two equal spellings
  ///     the later id is the one that a text gets, as in Hugging Face's.
  ///   - specials: ids that no text may produce.
  package init(pieces: [[UInt8]], specials: Set<Int32>) {
    var spellings: [UInt8] = []
    var offsets = [0]
    for piece in pieces {
      spellings.append(contentsOf: piece)
      offsets.append(spellings.count)
    }
    var trie = ByteTrie(rootCount: 2, expectedNodeCount: spellings.count / 2)
    let continuationMark: [UInt8] = [UInt8(ascii: "#"), UInt8(ascii: "#")]
    for index in pieces.indices {
      let spelling = spellings[offsets[index]..<offsets[index + 1]]
      let id = Int32(index)
      if specials.contains(id) || spelling.isEmpty { continue }
      trie.insert(spelling, root: Position.wordStart.rawValue, value: id)
      if spelling.starts(with: continuationMark), spelling.count > 2 {
        trie.insert(spelling.dropFirst(2), root: Position.continuation.rawValue, value: id)
      }
    }
    self.spellings = spellings
    self.spellingOffsets = offsets
    self.trie = trie
  }

  /// The id of a piece spelled exactly so, "##" included; a linear search.
  package func id(of spelling: [UInt8]) -> Int32? {
    let index = (0..<count).last { index in
      spellings[spellingOffsets[index]..<spellingOffsets[index + 1]].elementsEqual(spelling)
    }
    return index.map(Int32.init)
  }

  /// The spelling of an id, UTF-8; nil when there is no such id.
  package func spelling(of id: Int32) -> [UInt8]? {
    guard id >= 0, Int(id) < count else { return nil }
    return Array(spellings[spellingOffsets[Int(id)]..<spellingOffsets[Int(id) + 1]])
  }

  /// The longest piece that `word[start...]` begins with.
  func longestPiece(in word: [UInt8], from start: Int, at position: Position) -> (
    id: Int32, end: Int
  )? {
    trie.longestMatch(in: word, from: start, root: position.rawValue)
  }
}

/// A trie over bytes whose edges lie in one open-addressing hash table.
struct ByteTrie: Sendable {
  /// `node << 8 | byte` in the upper half, the child in the lower; `vacant` where there is none.
  private var edges: [UInt64]
  private var edgeCount = 0
  /// The value that ends at each node, or -1.
  private var values: [Int32]
  private static let vacant = UInt64.max

  init(rootCount: Int, expectedNodeCount: Int) {
    var capacity = 1024
    while capacity < expectedNodeCount * 2 { capacity *= 2 }
    edges = Array(repeating: Self.vacant, count: capacity)
    values = Array(repeating: -1, count: rootCount)
  }

  mutating func insert(_ key: ArraySlice<UInt8>, root: Int, value: Int32) {
    var node = root
    for byte in key {
      if let child = child(of: node, byte: byte) {
        node = child
        continue
      }
      if (edgeCount + 1) * 2 > edges.count { grow() }
      let child = values.count
      values.append(-1)
      store(UInt64(node << 8 | Int(byte)) << 32 | UInt64(child))
      edgeCount += 1
      node = child
    }
    values[node] = value
  }

  func longestMatch(in word: [UInt8], from start: Int, root: Int) -> (id: Int32, end: Int)? {
    var node = root
    var best: (id: Int32, end: Int)?
    var index = start
    while index < word.count, let child = child(of: node, byte: word[index]) {
      node = child
      index += 1
      if values[node] >= 0 { best = (values[node], index) }
    }
    return best
  }

  @inline(__always)
  private func child(of node: Int, byte: UInt8) -> Int? {
    let key = UInt64(node << 8 | Int(byte))
    var slot = home(of: key)
    while edges[slot] != Self.vacant {
      if edges[slot] >> 32 == key { return Int(edges[slot] & 0xFFFF_FFFF) }
      slot = (slot + 1) & (edges.count - 1)
    }
    return nil
  }

  /// Fibonacci hashing: the golden ratio spreads consecutive keys over the table.
  @inline(__always)
  private func home(of key: UInt64) -> Int {
    Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (edges.count - 1)
  }

  private mutating func store(_ edge: UInt64) {
    var slot = home(of: edge >> 32)
    while edges[slot] != Self.vacant { slot = (slot + 1) & (edges.count - 1) }
    edges[slot] = edge
  }

  private mutating func grow() {
    let old = edges
    edges = Array(repeating: Self.vacant, count: old.count * 2)
    for edge in old where edge != Self.vacant { store(edge) }
  }
}
