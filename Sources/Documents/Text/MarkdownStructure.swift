/// The headings and the title of a Markdown file, and of plain text that underlines its headings.
///
/// Source: CommonMark 0.31, sections 4.2 (ATX headings), 4.3 (setext headings), 4.5 (fenced code).
/// Only the structure into sections is parsed; inline markup stays in the text.
struct MarkdownStructure {
  enum Dialect {
    case markdown
    /// Underlined headings, or else those of `PlainHeadings`; in too many files `#` begins a
    /// comment.
    case text
  }

  private(set) var headings: [Heading] = []
  private(set) var title: String?

  private let bytes: [UInt8]
  private let dialect: Dialect

  init(_ bytes: [UInt8], dialect: Dialect) {
    self.bytes = bytes
    self.dialect = dialect
    scan()
    if dialect == .text && headings.isEmpty { headings = PlainHeadings(bytes).find() }
    title = title ?? headings.first { $0.level == 1 }?.title
  }

  /// Scans the lines once, and keeps the previous line as the possible text above an underline.
  private mutating func scan() {
    var lineStart = dialect == .markdown ? skipFrontMatter() : 0
    var fence = MarkdownFence()
    var candidate: Range<Int>?
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = lineStart..<lineEnd
      defer { lineStart = lineEnd + 1 }
      let content = trimmed(line)
      if dialect == .markdown, fence.takes(bytes[content]) {
        candidate = nil
      } else if dialect == .markdown, let heading = numberSignHeading(content, line: line) {
        headings.append(heading)
        candidate = nil
      } else if let level = underlineLevel(content), let above = candidate,
        isUnderline(content, of: above)
      {
        headings.append(
          Heading(level: level, title: string(above), byteRange: above.lowerBound..<lineEnd))
        candidate = nil
      } else {
        // Only a line after a blank one counts: CommonMark would turn a whole paragraph above a
        // rule into a heading.
        candidate = content.isEmpty || !followsBlank(line.lowerBound) ? nil : content
      }
    }
  }

  /// Skips YAML front matter, between two lines of `---`, and takes its `title:`.
  private mutating func skipFrontMatter() -> Int {
    guard bytes.starts(with: Array("---\n".utf8)) else { return 0 }
    var lineStart = 4
    var found: String?
    // With more lines than this it is probably not front matter but a text that begins with a rule.
    for _ in 0..<200 {
      guard lineStart < bytes.count else { break }
      let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = string(trimmed(lineStart..<lineEnd))
      if line == "---" || line == "..." {
        title = found
        return min(lineEnd + 1, bytes.count)
      }
      if line.hasPrefix("title:") {
        let value = line.dropFirst("title:".count).drop { $0 == " " }
        found = String(value).trimmingQuotes()
        if found?.isEmpty == true { found = nil }
      }
      lineStart = lineEnd + 1
    }
    return 0
  }

  /// `# Heading #`: one to six number signs, then a space.
  private func numberSignHeading(_ content: Range<Int>, line: Range<Int>) -> Heading? {
    guard content.lowerBound - line.lowerBound <= 3 else { return nil }
    let level = bytes[content].prefix { $0 == UInt8(ascii: "#") }.count
    guard (1...6).contains(level) else { return nil }
    var inner = content.lowerBound + level..<content.upperBound
    guard !inner.isEmpty, isSpace(bytes[inner.lowerBound]) else { return nil }
    inner = trimmed(inner)
    let closing = bytes[inner].reversed().prefix { $0 == UInt8(ascii: "#") }.count
    let beforeClosing = inner.upperBound - closing
    if closing > 0, beforeClosing == inner.lowerBound || isSpace(bytes[beforeClosing - 1]) {
      inner = trimmed(inner.lowerBound..<beforeClosing)
    }
    guard !inner.isEmpty else { return nil }
    return Heading(level: level, title: string(inner), byteRange: content)
  }

  /// 1 for a line of `=`, 2 for a line of `-`, nil for any other line.
  private func underlineLevel(_ content: Range<Int>) -> Int? {
    guard let first = bytes[content].first, bytes[content].allSatisfy({ $0 == first }) else {
      return nil
    }
    switch first {
    case UInt8(ascii: "="): return content.count >= 2 ? 1 : nil
    case UInt8(ascii: "-"): return content.count >= 2 ? 2 : nil
    default: return nil
    }
  }

  /// In plain text an underline is about as long as its heading; in Markdown it may have any
  /// length.
  private func isUnderline(_ rule: Range<Int>, of heading: Range<Int>) -> Bool {
    if dialect == .markdown { return true }
    let width = string(heading).count
    return rule.count >= 3 && abs(rule.count - width) <= max(3, width / 4)
  }

  private func followsBlank(_ lineStart: Int) -> Bool {
    guard lineStart > 0 else { return true }
    let before = bytes[..<(lineStart - 1)].reversed().prefix { $0 != UInt8(ascii: "\n") }
    return before.allSatisfy(isSpace)
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    let slice = bytes[range]
    guard let first = slice.firstIndex(where: { !isSpace($0) }),
      let last = slice.lastIndex(where: { !isSpace($0) })
    else { return range.upperBound..<range.upperBound }
    return first..<last + 1
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

extension String {
  /// The string without one pair of quotation marks around it.
  fileprivate func trimmingQuotes() -> String {
    guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
    return String(dropFirst().dropLast())
  }
}
