/// A node of a page's tree, linked by indices into `HTMLNodes`.
struct HTMLNode {
  enum Kind: UInt8 { case document, element, text }
  enum Namespace: UInt8 { case html, svg, math }

  let kind: Kind
  let namespace: Namespace
  let tag: HTMLTag
  /// The line of the page, from 1, on which the element or text begins.
  let line: Int32
  /// For an element, the index of its name in `HTMLNodes.names` if its tag is `other`, else -1.
  let name: Int32
  /// For an element, the index of its attributes, or -1; for a text, its first byte.
  fileprivate(set) var first: Int32
  /// For a text, the end of its bytes.
  fileprivate(set) var end: Int32
  fileprivate(set) var parent: Int32 = -1
  fileprivate(set) var firstChild: Int32 = -1
  fileprivate(set) var lastChild: Int32 = -1
  fileprivate(set) var previous: Int32 = -1
  fileprivate(set) var next: Int32 = -1
}

/// The tree of a page: nodes in an array, so that neither building nor walking it recurses.
///
/// Indices are those of `HTMLNodes` itself; the document is node 0.
struct HTMLNodes {
  private(set) var nodes: [HTMLNode] = [
    HTMLNode(
      kind: .document, namespace: .html, tag: .other, line: 1, name: -1, first: -1, end: -1)
  ]
  private var attributes: [HTMLAttributes] = []
  private var names: [String] = []
  private var nameIndices: [String: Int32] = [:]

  subscript(_ node: Int) -> HTMLNode { nodes[node] }

  var count: Int { nodes.count }

  /// The tag of an HTML element; `other` for every other node.
  func tag(_ node: Int) -> HTMLTag {
    nodes[node].namespace == .html ? nodes[node].tag : .other
  }

  func attributes(_ node: Int) -> HTMLAttributes {
    let index = Int(nodes[node].first)
    guard nodes[node].kind == .element, index >= 0 else { return HTMLAttributes() }
    return attributes[index]
  }

  func name(_ node: Int) -> String {
    let index = Int(nodes[node].name)
    return index >= 0 ? names[index] : nodes[node].tag.name
  }

  func parent(_ node: Int) -> Int? { Self.index(nodes[node].parent) }
  func firstChild(_ node: Int) -> Int? { Self.index(nodes[node].firstChild) }
  func next(_ node: Int) -> Int? { Self.index(nodes[node].next) }
  func lastChild(_ node: Int) -> Int? { Self.index(nodes[node].lastChild) }
  func previous(_ node: Int) -> Int? { Self.index(nodes[node].previous) }

  private static func index(_ link: Int32) -> Int? { link >= 0 ? Int(link) : nil }

  /// The bytes of a text node in the text of the page.
  func range(_ node: Int) -> Range<Int> { Int(nodes[node].first)..<Int(nodes[node].end) }

  // MARK: Changes

  /// Makes an element that is not in the tree yet.
  mutating func makeElement(_ token: HTMLToken, _ namespace: HTMLNode.Namespace) -> Int {
    var attributeIndex: Int32 = -1
    if token.attributes.fingerprint != 0 {
      attributeIndex = Int32(attributes.count)
      attributes.append(token.attributes)
    }
    var name: Int32 = -1
    if token.tag == .other {
      if let known = nameIndices[token.name] {
        name = known
      } else {
        name = Int32(names.count)
        names.append(token.name)
        nameIndices[token.name] = name
      }
    }
    nodes.append(
      HTMLNode(
        kind: .element, namespace: namespace, tag: token.tag,
        line: Int32(truncatingIfNeeded: token.line), name: name, first: attributeIndex, end: -1))
    return nodes.count - 1
  }

  /// Makes another element with the same name and attributes.
  mutating func copy(_ node: Int) -> Int {
    let old = nodes[node]
    nodes.append(
      HTMLNode(
        kind: .element, namespace: old.namespace, tag: old.tag, line: old.line, name: old.name,
        first: old.first, end: -1))
    return nodes.count - 1
  }

  /// Inserts a text, or extends the text before it if its bytes follow.
  mutating func insertText(_ range: Range<Int>, line: Int, into parent: Int, before sibling: Int?) {
    let neighbour = sibling.map { nodes[$0].previous } ?? nodes[parent].lastChild
    if neighbour >= 0, nodes[Int(neighbour)].kind == .text,
      Int(nodes[Int(neighbour)].end) == range.lowerBound
    {
      nodes[Int(neighbour)].end = Int32(range.upperBound)
      return
    }
    nodes.append(
      HTMLNode(
        kind: .text, namespace: .html, tag: .other, line: Int32(truncatingIfNeeded: line),
        name: -1, first: Int32(range.lowerBound), end: Int32(range.upperBound)))
    insert(nodes.count - 1, into: parent, before: sibling)
  }

  /// Inserts a node that is not in the tree as the last child, or before a child.
  mutating func insert(_ node: Int, into parent: Int, before sibling: Int? = nil) {
    let previous = sibling.map { nodes[$0].previous } ?? nodes[parent].lastChild
    nodes[node].parent = Int32(parent)
    nodes[node].previous = previous
    nodes[node].next = sibling.map { Int32($0) } ?? -1
    if previous >= 0 {
      nodes[Int(previous)].next = Int32(node)
    } else {
      nodes[parent].firstChild = Int32(node)
    }
    if let sibling {
      nodes[sibling].previous = Int32(node)
    } else {
      nodes[parent].lastChild = Int32(node)
    }
  }

  /// Takes a node with its descendants out of the tree.
  mutating func remove(_ node: Int) {
    let links = nodes[node]
    guard links.parent >= 0 else { return }
    if links.previous >= 0 {
      nodes[Int(links.previous)].next = links.next
    } else {
      nodes[Int(links.parent)].firstChild = links.next
    }
    if links.next >= 0 {
      nodes[Int(links.next)].previous = links.previous
    } else {
      nodes[Int(links.parent)].lastChild = links.previous
    }
    (nodes[node].parent, nodes[node].previous, nodes[node].next) = (-1, -1, -1)
  }

  /// Moves all children of a node to the end of another.
  mutating func moveChildren(of node: Int, to other: Int) {
    while let child = firstChild(node) {
      remove(child)
      insert(child, into: other)
    }
  }
}
