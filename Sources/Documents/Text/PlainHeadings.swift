/// Finds headings of plain text that are marked only by their position: a short line by itself
/// above a paragraph.
///
/// A heuristic for letters, plans and articles without markup. A line counts if it is alone between
/// blank lines, has at most 72 characters, begins with a capital letter or a digit, does not end
/// like a sentence, and a paragraph of some length or another such line follows. If it is wrong, a
/// chunk gets a wrong heading; no text is lost.
struct PlainHeadings {
  private let bytes: [UInt8]

  /// One line of a typewritten page; a longer one is more likely a short paragraph.
  static let maximumCharacterCount = 72
  /// A shorter paragraph below a line is more likely an address, a signature or a list.
  static let minimumParagraphByteCount = 60

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The headings in text order.
  ///
  /// - Returns: the first line of the text at level 1, numbered ones at one more than the parts of
  ///   their number ("2.1" is level 3), all others at level 2.
  /// - Complexity: O(bytes).
  func find() -> [Heading] {
    let paragraphs = paragraphs()
    var isHeading = [Bool](repeating: false, count: paragraphs.count)
    // Backwards, because a heading may be followed by another one.
    for index in paragraphs.indices.dropLast().reversed() {
      let next = paragraphs[index + 1]
      isHeading[index] =
        looksLikeHeading(paragraphs[index])
        && (isHeading[index + 1]
          || (next.count >= Self.minimumParagraphByteCount && !looksLikeHeading(next)))
    }
    return paragraphs.indices.filter { isHeading[$0] }.map { index in
      let title = String(decoding: bytes[paragraphs[index]], as: UTF8.self)
      let level = numberLevel(title) ?? (index == 0 ? 1 : 2)
      return Heading(level: level, title: title, byteRange: paragraphs[index])
    }
  }

  /// The paragraphs: ranges between blank lines, without the white space around them.
  private func paragraphs() -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    var lineStart = 0
    while lineStart <= bytes.count {
      let lineEnd = bytes[min(lineStart, bytes.count)...].firstIndex(of: 0x0A) ?? bytes.count
      if TextLayout.trimmed(lineStart..<lineEnd, in: bytes).isEmpty {
        append(start..<lineStart, to: &found)
        start = lineEnd
      }
      lineStart = lineEnd + 1
    }
    append(start..<bytes.count, to: &found)
    return found
  }

  private func append(_ range: Range<Int>, to found: inout [Range<Int>]) {
    let trimmed = TextLayout.trimmed(range, in: bytes)
    if !trimmed.isEmpty { found.append(trimmed) }
  }

  private func looksLikeHeading(_ range: Range<Int>) -> Bool {
    guard range.count <= Self.maximumCharacterCount * 4, !bytes[range].contains(0x0A),
      TextLayout.width(range, in: bytes) <= Self.maximumCharacterCount
    else { return false }
    let line = String(decoding: bytes[range], as: UTF8.self).unicodeScalars
    guard let first = line.first, let last = line.last,
      first.properties.isUppercase || ("0"..."9").contains(first)
    else { return false }
    return !".,;:!?-–—|".unicodeScalars.contains(last)
      && line.contains { $0.properties.isAlphabetic }
  }

  /// "2.
  ///
  /// Fire" is level 2, "2.1 Stove" level 3; nil without a number.
  private func numberLevel(_ title: String) -> Int? {
    let number = title.utf8.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    guard number.contains(UInt8(ascii: ".")), number.first != UInt8(ascii: ".") else { return nil }
    return min(6, 1 + number.split(separator: UInt8(ascii: ".")).count)
  }
}
