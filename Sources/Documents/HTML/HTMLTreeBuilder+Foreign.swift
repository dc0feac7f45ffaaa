/// SVG and MathML inside a page (section 13.2.6.5).
extension HTMLTreeBuilder {
  /// Whether a token is processed by the rules for foreign content (section 13.2.6, "tree
  /// construction dispatcher").
  func isForeign(_ token: HTMLToken) -> Bool {
    guard let current, nodes[current].namespace != .html, token.kind != .end else { return false }
    let node = nodes[current]
    if node.namespace == .math, Self.mathText.contains(node.tag) {
      if token.kind == .text { return false }
      if token.kind == .startTag, token.tag != .mglyph, token.tag != .malignmark { return false }
    }
    if node.tag == .annotationXML, token.kind == .startTag, token.tag == .svg { return false }
    if isHTMLIntegrationPoint(current) {
      return token.kind != .startTag && token.kind != .text
    }
    return true
  }

  private static let mathText: HTMLTagSet = [.mi, .mo, .mn, .ms, .mtext]

  private func isHTMLIntegrationPoint(_ node: Int) -> Bool {
    switch (nodes[node].namespace, nodes[node].tag) {
    case (.svg, .foreignObject), (.svg, .desc), (.svg, .title): return true
    case (.math, .annotationXML):
      let encoding = nodes.attributes(node)[.encoding]?.lowercased()
      return encoding == "text/html" || encoding == "application/xhtml+xml"
    default: return false
    }
  }

  mutating func processForeign(_ token: HTMLToken) -> Bool {
    switch token.kind {
    case .text: insertText(token)
    case .doctype, .end: break
    case .startTag:
      if breaksOut(token) {
        popForeign()
        return process(token, in: mode)
      }
      insert(token, current.map { nodes[$0].namespace } ?? .svg)
      if token.isSelfClosing { open.removeLast() }
    case .endTag:
      if token.tag == .br || token.tag == .p {
        popForeign()
        return process(token, in: mode)
      }
      return endForeign(token)
    }
    return true
  }

  private func breaksOut(_ token: HTMLToken) -> Bool {
    if token.tag == .font {
      return [HTMLAttribute.color, .face, .size].contains { token.attributes[$0] != nil }
    }
    return HTMLTagSet.breakout.contains(token.tag)
  }

  private mutating func popForeign() {
    while let node = current, nodes[node].namespace != .html, !isHTMLIntegrationPoint(node),
      !(nodes[node].namespace == .math && Self.mathText.contains(nodes[node].tag))
    {
      open.removeLast()
    }
  }

  private mutating func endForeign(_ token: HTMLToken) -> Bool {
    for (index, node) in open.enumerated().reversed() {
      if index == 0 { return true }
      if nodes[node].namespace == .html { return process(token, in: mode) }
      if nodes.name(node) == token.name {
        open.removeSubrange(index...)
        return true
      }
    }
    return true
  }
}
