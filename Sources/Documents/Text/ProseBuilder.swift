/// Builds readable text from markup: paragraphs with a blank line between them, list items and
/// table rows on lines of their own, white space collapsed.
///
/// A break is recorded and written before the next visible character, so that the text never begins
/// or ends with white space and never has several blank lines in a row.
struct ProseBuilder {
  private(set) var bytes: [UInt8] = []
  private(set) var headings: [Heading] = []
  private(set) var removedControlCount = 0
  /// The tables so far; `ProseBuilder+Tables.swift` fills them in.
  var tables: [ExtractedTable] = []
  /// The open table.
  var table: OpenTable?
  /// The lines of the file that the text comes from, in text order; empty if `line` is never set.
  private(set) var lineMarks: [SourceLines.Mark] = []
  /// The line of the file of the text that is appended next.
  var line = 0
  /// The superscript or subscript that is being collected.
  var script: OpenScript?
  /// Whether a table row is open; then breaks become spaces, so that the row stays on one line.
  var isInRow = false

  private var pendingNewlines = 0
  private var pendingSpace = false
  private var pendingMark = ""
  private var pendingBars = 0
  private var headingLevel: Int?
  private var headingStart: Int?

  var text: String { String(decoding: bytes, as: UTF8.self) }

  // MARK: Breaks

  mutating func breakLine() { noteBreak(newlineCount: 1) }

  mutating func breakParagraph() { noteBreak(newlineCount: 2) }

  /// Joins an item to the one before it without a blank line.
  mutating func breakTightly() {
    if !isInRow { pendingNewlines = min(pendingNewlines, 1) }
  }

  private mutating func noteBreak(newlineCount: Int) {
    if isInRow {
      pendingSpace = true
    } else if pendingMark.isEmpty {
      pendingNewlines = max(pendingNewlines, newlineCount)
    }
  }

  // MARK: Structure

  /// Begins a list item; `mark`, for example "- ", is written before its first character.
  mutating func beginItem(_ mark: String) {
    pendingMark = ""
    breakLine()
    if !isInRow { pendingMark = mark }
  }

  mutating func endItem() {
    pendingMark = ""
    breakLine()
  }

  mutating func beginHeading(level: Int) {
    breakParagraph()
    guard !isInRow else { return }
    (headingLevel, headingStart) = (level, nil)
  }

  mutating func endHeading() {
    if let level = headingLevel, let start = headingStart, start < bytes.count {
      let title = String(decoding: bytes[start...], as: UTF8.self)
        .split { $0 == "\n" || $0 == " " }.joined(separator: " ")
      headings.append(
        Heading(level: min(max(level, 1), 6), title: title, byteRange: start..<bytes.count))
    }
    (headingLevel, headingStart) = (nil, nil)
    breakParagraph()
  }

  /// Begins a line whose breaks become spaces.
  mutating func beginRowLine() {
    breakLine()
    isInRow = true
    pendingBars = 0
  }

  /// Separates a cell from the previous one by a bar.
  mutating func nextCell() {
    pendingSpace = false
    pendingBars += 1
  }

  mutating func endRowLine() {
    isInRow = false
    pendingBars = 0
    pendingSpace = false
    breakLine()
  }

  /// Appends a whole text that was built apart, as paragraphs of its own.
  mutating func append(_ other: ProseBuilder) {
    removedControlCount += other.removedControlCount
    append(block: other.bytes, headings: other.headings, tables: other.tables)
  }

  /// Appends the text of another document, as paragraphs of its own.
  mutating func append(_ document: ExtractedDocument) {
    removedControlCount += document.removedControlCount
    append(
      block: Array(document.text.utf8), headings: document.headings, tables: document.tables)
  }

  private mutating func append(
    block: [UInt8], headings: [Heading], tables: [ExtractedTable]
  ) {
    guard !block.isEmpty else { return }
    endScript()
    breakParagraph()
    if hasPending { writePending() }
    let start = bytes.count
    if isInRow {
      bytes.append(contentsOf: block.map { $0 == 0x0A ? 0x20 : $0 })
    } else {
      bytes.append(contentsOf: block)
      self.headings += headings.map {
        Heading(
          level: $0.level, title: $0.title,
          byteRange: $0.byteRange.lowerBound + start..<$0.byteRange.upperBound + start)
      }
      self.tables += tables.map { $0.moved(by: start) }
    }
    breakParagraph()
  }

  // MARK: Characters

  /// Appends text and collapses its white space.
  mutating func append(_ text: String) {
    if script != nil {
      script?.text += text
      return
    }
    for scalar in text.unicodeScalars {
      if (0x21..<0x7F).contains(scalar.value) {
        // The common case.
        if hasPending { writePending() }
        noteLine()
        if headingLevel != nil, headingStart == nil { headingStart = bytes.count }
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else if Self.isWhiteSpace(scalar) {
        pendingSpace = true
      } else {
        append(visible: scalar)
      }
    }
  }

  private mutating func noteLine() {
    if line > 0, lineMarks.last?.line != line {
      lineMarks.append(SourceLines.Mark(byteOffset: bytes.count, line: line))
    }
  }

  /// The character before the next one: a space if a break or a space is pending.
  var lastScalar: Unicode.Scalar? {
    if hasPending { return " " }
    guard let start = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return nil }
    return String(decoding: bytes[start...], as: UTF8.self).unicodeScalars.first
  }

  private var hasPending: Bool {
    pendingSpace || pendingNewlines > 0 || pendingBars > 0 || !pendingMark.isEmpty
  }

  /// Appends text and keeps its spaces and line breaks, as in `<pre>`.
  mutating func appendPreformatted(_ text: String) {
    guard !isInRow, script == nil else { return append(text) }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": pendingNewlines += 1
      case " ", "\t":
        // Spaces before the first character are indentation; those before a newline are dropped.
        writePending()
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      default:
        if Self.isWhiteSpace(scalar) { pendingSpace = true } else { append(visible: scalar) }
      }
    }
  }

  private mutating func append(visible scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0xFEFF: removedControlCount += 1
    // A soft hyphen is not part of the word; it marks where a line may break.
    case 0xAD: break
    default:
      writePending()
      noteLine()
      if headingLevel != nil, headingStart == nil { headingStart = bytes.count }
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  private mutating func writePending() {
    if pendingNewlines > 0 {
      if !bytes.isEmpty { bytes.append(contentsOf: repeatElement(0x0A, count: pendingNewlines)) }
    } else if pendingSpace, pendingBars == 0, !isAtLineStart {
      bytes.append(0x20)
    }
    for _ in 0..<pendingBars {
      bytes.append(contentsOf: (isAtLineStart ? "| " : " | ").utf8)
    }
    bytes.append(contentsOf: pendingMark.utf8)
    (pendingNewlines, pendingSpace, pendingBars, pendingMark) = (0, false, 0, "")
  }

  private var isAtLineStart: Bool { bytes.isEmpty || bytes.last == 0x0A }

  /// White space of HTML and XML, and no-break spaces.
  private static func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20, 0xA0, 0x202F, 0x2028, 0x2029: true
    default: false
    }
  }
}
