/// A page as a tree, with the text of its text nodes.
struct HTMLPage {
  let nodes: HTMLNodes
  /// The texts of all text nodes.
  let text: [UInt8]
  private let lineMarks: [HTMLLineMark]
  /// A warning about text that a browser would show differently; nil if there is none.
  let interruption: String?

  /// Parses a page in UTF-8 with `\n` line ends; every page can be parsed.
  ///
  /// - Complexity: O(bytes) time and memory.
  init(_ bytes: [UInt8]) {
    var builder = HTMLTreeBuilder(bytes)
    builder.build()
    nodes = builder.nodes
    text = builder.tokenizer.text
    lineMarks = builder.tokenizer.lineMarks
    if builder.reachedMaximumDepth {
      interruption =
        "elements below a depth of \(HTMLTreeBuilder.maximumDepth) were read as siblings"
    } else if let unclosed = builder.tokenizer.unclosed, Self.swallows.contains(unclosed.name),
      Self.hasWords(bytes[unclosed.offset...])
    {
      interruption =
        "the \(unclosed.name) that begins on line \(unclosed.line) is not closed, so a browser"
        + " shows nothing after it, and nothing after it was read"
    } else {
      interruption = nil
    }
  }

  /// Elements that a reader of the page does not see, and comments.
  private static let swallows: Set<String> = [
    "comment", "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title",
  ]

  private static func hasWords(_ rest: ArraySlice<UInt8>) -> Bool {
    rest.contains(UInt8(ascii: ">")) && rest.count { $0 == 0x20 } > 2
  }

  /// The nodes in document order, the document first.
  func preorder() -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(nodes.count)
    var node = 0
    while true {
      order.append(node)
      if let child = nodes.firstChild(node) {
        node = child
        continue
      }
      while nodes.next(node) == nil {
        guard let parent = nodes.parent(node) else { return order }
        node = parent
      }
      guard let next = nodes.next(node) else { return order }
      node = next
    }
  }

  /// The text of a text node, in pieces that each come from one line of the page.
  func pieces(_ node: Int) -> [(text: String, line: Int)] {
    let range = nodes.range(node)
    var index = lineMarks.sortedIndex { $0.offset > range.lowerBound }
    var pieces: [(String, Int)] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let end =
        index < lineMarks.count ? min(lineMarks[index].offset, range.upperBound) : range.upperBound
      let line = index > 0 ? lineMarks[index - 1].line : Int(nodes[node].line)
      if end > start { pieces.append((String(decoding: text[start..<end], as: UTF8.self), line)) }
      start = end
      index += 1
    }
    return pieces
  }
}
