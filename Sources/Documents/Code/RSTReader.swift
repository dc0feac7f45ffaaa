/// Reads reStructuredText: the file's own text, with its headings.
struct RSTReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads the text; line numbers are those of the file.
  ///
  /// - Throws: `.binary`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    let decoded = try SourceText(source)
    let headings = RSTHeadings(decoded.bytes).headings
    return decoded.document(
      type: .rst, title: headings.first { $0.level == 1 }?.title, headings: headings)
  }
}

/// The section titles of a reStructuredText file.
///
/// A title has a line of punctuation below it, and perhaps one above; the levels are the order in
/// which the kinds of lines appear. Source: docutils, "reStructuredText Markup Specification",
/// sections.
struct RSTHeadings {
  private(set) var headings: [Heading] = []

  private let bytes: [UInt8]
  private var kinds: [Kind] = []

  private struct Kind: Equatable {
    let mark: UInt8
    let hasOverline: Bool
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let lines = lines()
    for index in lines.indices.dropFirst() {
      guard let mark = adornment(lines[index]), let title = title(lines[index - 1]),
        lines[index].count + 2 >= TextLayout.width(title, in: bytes)
      else { continue }
      let above = index >= 2 ? lines[index - 2] : 0..<0
      let hasOverline = adornment(above) == mark && !above.isEmpty
      // Without a line above it, a title follows a blank line.
      guard hasOverline || isBlank(above) else { continue }
      append(title, mark, from: hasOverline ? above.lowerBound : nil, to: lines[index].upperBound)
    }
  }

  private mutating func append(_ title: Range<Int>, _ mark: UInt8, from start: Int?, to end: Int) {
    let kind = Kind(mark: mark, hasOverline: start != nil)
    if !kinds.contains(kind) { kinds.append(kind) }
    let level = (kinds.firstIndex(of: kind) ?? 0) + 1
    let range = (start ?? title.lowerBound)..<end
    if let last = headings.last, last.byteRange.upperBound > range.lowerBound { return }
    headings.append(
      Heading(
        level: min(level, 6), title: String(decoding: bytes[title], as: UTF8.self),
        byteRange: range))
  }

  private func lines() -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      lines.append(start..<end)
      start = end + 1
    }
    return lines
  }

  /// The character of a line of at least three equal punctuation marks.
  private func adornment(_ line: Range<Int>) -> UInt8? {
    let content = trimmedRight(line)
    guard content.count >= 3, let first = bytes[content].first, Self.marks.contains(first),
      bytes[content].allSatisfy({ $0 == first })
    else { return nil }
    return first
  }

  private static let marks = Set("=-~^\"'`#*+<>_:.!$%&,;?@\\|/".utf8)

  /// The text of a line that can be a title; nil for a blank line and for a line of punctuation.
  private func title(_ line: Range<Int>) -> Range<Int>? {
    let content = TextLayout.trimmed(line, in: bytes)
    guard !content.isEmpty, adornment(line) == nil,
      bytes[content].contains(where: { $0 >= 0x80 || (0x61...0x7A).contains($0 | 0x20) })
    else { return nil }
    return content
  }

  private func trimmedRight(_ line: Range<Int>) -> Range<Int> {
    line.lowerBound..<max(line.lowerBound, TextLayout.trimmed(line, in: bytes).upperBound)
  }

  private func isBlank(_ line: Range<Int>) -> Bool {
    TextLayout.trimmed(line, in: bytes).isEmpty
  }
}
