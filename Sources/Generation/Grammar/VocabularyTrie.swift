/// The tokens of a vocabulary by their bytes: tokens that begin alike share the way.
///
/// Nodes lie in preorder, each with its depth and the end of its subtree, so that a walk is a loop
/// over an array which steps over what cannot be.
package struct VocabularyTrie: Sendable {
  struct Node: Sendable {
    /// The byte that leads here from the parent.
    var byte: UInt8
    /// How many bytes lead here from the root.
    var depth: Int32
    /// The first node behind this one's subtree.
    var subtreeEnd: Int32
    /// The tokens that are spelled by the way to here: `tokenIDs[firstToken..<endToken]`.
    var firstToken: Int32
    var endToken: Int32
  }

  private(set) var nodes: [Node] = []
  private(set) var tokenIDs: [Int32] = []
  /// The bytes of each token; empty for those that stand for no text.
  package let tokenBytes: [[UInt8]]
  /// The longest token.
  let maximumDepth: Int

  /// - Parameter tokenBytes: the bytes of each id; empty for control tokens, which are left out.
  /// - Complexity: O(bytes log tokens).
  package init(tokenBytes: [[UInt8]]) {
    self.tokenBytes = tokenBytes
    maximumDepth = tokenBytes.reduce(0) { max($0, $1.count) }
    let order = tokenBytes.indices.filter { !tokenBytes[$0].isEmpty }
      .sorted { tokenBytes[$0].lexicographicallyPrecedes(tokenBytes[$1]) }
    // The nodes on the way to the token before.
    var path: [Int] = []
    var previous: [UInt8] = []
    for index in order {
      let bytes = tokenBytes[index]
      let shared = zip(bytes, previous).prefix { $0 == $1 }.count
      close(path[shared...])
      path.removeSubrange(shared...)
      for depth in shared..<bytes.count {
        path.append(nodes.count)
        let tokenCount = Int32(tokenIDs.count)
        nodes.append(
          Node(
            byte: bytes[depth], depth: Int32(depth + 1), subtreeEnd: 0, firstToken: tokenCount,
            endToken: tokenCount))
      }
      tokenIDs.append(Int32(index))
      if let node = path.last { nodes[node].endToken += 1 }
      previous = bytes
    }
    close(path[...])
  }

  private mutating func close(_ path: ArraySlice<Int>) {
    for node in path { nodes[node].subtreeEnd = Int32(nodes.count) }
  }
}
