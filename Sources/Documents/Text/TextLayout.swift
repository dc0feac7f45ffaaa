/// The lines of a text, and which line ends are significant.
struct TextLayout {
  /// A line without its `\n` and without the white space around it.
  struct Line {
    let range: Range<Int>
    /// Number of characters (Unicode scalars).
    let width: Int
  }

  /// Whether a byte is a space, a tab or a newline: the white space that chunks need not cover.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A
  }

  /// The range without the white space at its ends.
  static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, isSpace(bytes[lower]) { lower += 1 }
    while lower < upper, isSpace(bytes[upper - 1]) { upper -= 1 }
    return lower..<upper
  }

  /// Joins the wrapped lines of a paragraph, so that sentences can continue across them.
  ///
  /// A line end is significant (in a poem, a list, a table, code) if the first word of the next
  /// line would have fitted on the line, if a list mark or a table row follows, or if the line is a
  /// table row. Otherwise the line is full and its end is only wrapping.
  ///
  /// - Parameters:
  ///   - lines: lines of one paragraph, none of them blank.
  ///   - bytes: the text that contains the lines.
  /// - Returns: ranges, each of one or several lines.
  static func segments(of lines: [Line], in bytes: [UInt8]) -> [Range<Int>] {
    guard let first = lines.first else { return [] }
    let width = lines.reduce(0) { max($0, $1.width) }
    // Printed letters differ in width, so a line counts as full from 85 % of the longest one.
    let full = width * 85 / 100
    var segments: [Range<Int>] = []
    var current = first.range
    for (line, next) in zip(lines, lines.dropFirst()) {
      let word = bytes[next.range].prefix { !isSpace($0) }.count
      let meant =
        line.width + 1 + word <= full || beginsItem(next.range, in: bytes)
        || isRow(line.range, in: bytes) || isRow(next.range, in: bytes)
      if meant {
        segments.append(current)
        current = next.range
      } else {
        current = current.lowerBound..<next.range.upperBound
      }
    }
    segments.append(current)
    return segments
  }

  /// `- `, `* `, `+ `, `• `, `12. `, `12) `, `a) `.
  static func beginsItem(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    let mark = bytes[range].prefix { !isSpace($0) }
    guard mark.count < range.count, let last = mark.last else { return false }
    if mark.count == 1 { return "-*+".utf8.contains(last) }
    if mark.elementsEqual("•".utf8) || mark.elementsEqual("–".utf8) { return true }
    guard mark.count <= 4, last == UInt8(ascii: ".") || last == UInt8(ascii: ")") else {
      return false
    }
    let label = mark.dropLast()
    return label.allSatisfy { (0x30...0x39).contains($0) }
      || (label.count == 1 && last == UInt8(ascii: ")"))
  }

  /// A table row: cells between bars or tabs.
  private static func isRow(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    bytes[range].first == UInt8(ascii: "|") || bytes[range].contains(0x09)
      || containsBar(bytes[range])
  }

  private static func containsBar(_ line: ArraySlice<UInt8>) -> Bool {
    line.indices.contains {
      line[$0] == UInt8(ascii: "|") && $0 > line.startIndex && line[$0 - 1] == 0x20
    }
  }

  /// The number of characters in a range of UTF-8.
  static func width(_ range: Range<Int>, in bytes: [UInt8]) -> Int {
    bytes[range].count { $0 & 0xC0 != 0x80 }
  }
}
