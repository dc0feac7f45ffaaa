/// A trie over byte strings; its edges are entries of one open-addressing hash table.
///
/// - Complexity: a look-up takes O(bytes of the key) expected time and allocates nothing.
struct ByteTrie: Sendable {
  /// `node << 8 | byte` in the upper half, the child in the lower half; `vacant` for a free slot.
  private var edges: [UInt64]
  private var edgeCount = 0
  /// The value of the key that ends at each node, or -1.
  private var values: [Int32]
  private static let vacant = UInt64.max

  /// An empty trie.
  ///
  /// - Parameters:
  ///   - rootCount: number of independent sets of keys that share the table.
  ///   - expectedNodeCount: bytes of all keys, so that the table need not grow; only a hint.
  init(rootCount: Int = 1, expectedNodeCount: Int = 0) {
    var capacity = 1024
    while capacity < expectedNodeCount * 2 { capacity *= 2 }
    edges = Array(repeating: Self.vacant, count: capacity)
    values = Array(repeating: -1, count: rootCount)
  }

  /// Stores `value`, which is not negative, under `key`; it replaces the value of an equal key.
  ///
  /// - Precondition: all keys together have fewer than 2^24 bytes, because a node and a byte share
  ///   32 bits of an edge.
  mutating func insert(_ key: some Collection<UInt8>, root: Int = 0, value: Int32) {
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

  /// The value and the end of the longest key that is a prefix of `word[start..<limit]`.
  func longestMatch(
    in word: [UInt8], from start: Int, limit: Int? = nil, root: Int = 0
  ) -> (id: Int32, end: Int)? {
    var node = root
    var best: (id: Int32, end: Int)?
    var index = start
    let limit = limit ?? word.count
    while index < limit, let child = child(of: node, byte: word[index]) {
      node = child
      index += 1
      if values[node] >= 0 { best = (values[node], index) }
    }
    return best
  }

  /// Calls `body` with the value and the end of each key that is a prefix of `word[start...]`, the
  /// shortest first.
  @inline(__always)
  func forEachMatch(
    in word: [UInt8], from start: Int, _ body: (_ value: Int32, _ end: Int) -> Void
  ) {
    var node = 0
    var index = start
    while index < word.count, let child = child(of: node, byte: word[index]) {
      node = child
      index += 1
      if values[node] >= 0 { body(values[node], index) }
    }
  }

  /// The value stored under `key`, or nil.
  func value(of key: some Collection<UInt8>, root: Int = 0) -> Int32? {
    var node = root
    for byte in key {
      guard let child = child(of: node, byte: byte) else { return nil }
      node = child
    }
    return values[node] >= 0 ? values[node] : nil
  }

  /// The values of all keys that are prefixes of `word`: element n is the value of its first n
  /// bytes, or -1.
  func prefixValues(of word: some Collection<UInt8>, root: Int = 0) -> [Int32] {
    var found = [Int32](repeating: -1, count: word.count + 1)
    var node = root
    for (index, byte) in word.enumerated() {
      guard let child = child(of: node, byte: byte) else { break }
      node = child
      found[index + 1] = values[node]
    }
    return found
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
