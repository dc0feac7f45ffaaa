/// A trie of the bytes of all tokens.
///
/// Nodes are in preorder, each with its depth and the end of its subtree, so that a walk is a loop over
/// an array that skips subtrees.
package struct VocabularyTrie: Sendable {
  /// A node, which represents the bytes on the path from the root.
  struct Node: Sendable {
    /// The last byte of the path.
    var byte: UInt8
    /// Number of bytes of the path.
    var depth: Int32
    /// The index after this node's subtree.
    var subtreeEnd: Int32
    /// The tokens with these bytes: `tokenIDs[firstToken..<endToken]`.
    var firstToken: Int32
    var endToken: Int32
  }

  private(set) var nodes: [Node] = []
  private(set) var tokenIDs: [Int32] = []
  /// The bytes of each token; empty for control tokens.
  package let tokenBytes: [[UInt8]]
  /// Number of bytes of the longest token.
  let maximumDepth: Int

  /// - Parameter tokenBytes: the bytes of each id; tokens without bytes are not in the trie.
  /// - Complexity: O(bytes log tokens).
  package init(tokenBytes: [[UInt8]]) {
    self.tokenBytes = tokenBytes
    maximumDepth = tokenBytes.reduce(0) { max($0, $1.count) }
    let order = tokenBytes.indices.filter { !tokenBytes[$0].isEmpty }
      .sorted { tokenBytes[$0].lexicographicallyPrecedes(tokenBytes[$1]) }
    // The nodes on the path of the previous token.
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

  /// Sets the ends of the subtrees of nodes that are complete.
  private mutating func close(_ path: ArraySlice<Int>) {
    for node in path { nodes[node].subtreeEnd = Int32(nodes.count) }
  }
}
