/// The marks at the beginning of quoted lines: block quotes of Markdown and quoted mail.
///
/// Source: CommonMark 0.31, section 5.1 (a `>` after at most three spaces, and one space after it);
/// RFC 3676, section 4.5, for mail.
struct QuotationMarks {
  private(set) var ranges: [Range<Int>] = []

  /// Deeper quotations in mail are rare; three of these marks are also the prompt of Python.
  private static let maximumMailDepth = 2

  init(_ bytes: [UInt8], isMarkdown: Bool) {
    var found: [(line: Int, range: Range<Int>)] = []
    var number = 0
    TextLines.forEach(bytes, hasFences: isMarkdown) { line, isCode in
      number += 1
      guard !isCode, let mark = Self.mark(of: line, in: bytes, isMarkdown: isMarkdown) else {
        return
      }
      found.append((number, mark))
    }
    guard !isMarkdown else {
      ranges = found.map(\.range)
      return
    }
    ranges = found.indices.filter { index in
      (index > 0 && found[index - 1].line == found[index].line - 1)
        || (index + 1 < found.count && found[index + 1].line == found[index].line + 1)
    }.map { found[$0].range }
  }

  /// The mark of one line with all its levels; nil for a line without one.
  private static func mark(of line: Range<Int>, in bytes: [UInt8], isMarkdown: Bool) -> Range<Int>?
  {
    var place = line.lowerBound
    var depth = 0
    while true {
      let indentation = bytes[place..<line.upperBound].prefix { $0 == 0x20 }.count
      guard indentation <= (isMarkdown ? 3 : 0), place + indentation < line.upperBound,
        bytes[place + indentation] == UInt8(ascii: ">")
      else { break }
      place += indentation + 1
      depth += 1
      // One space after the mark belongs to it.
      if place < line.upperBound, bytes[place] == 0x20 { place += 1 }
    }
    guard depth > 0, isMarkdown || depth <= maximumMailDepth else { return nil }
    return line.lowerBound..<place
  }
}
