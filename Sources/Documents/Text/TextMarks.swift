/// The parts of a text file that are not words: the marks of quotations at the beginning of lines,
/// and data in letters, such as pictures in base64.
///
/// They are left out of the text, so that a quoted paragraph is read like any other and nobody is
/// shown a picture as letters. Lines stay where they are, so that citations still name the lines of
/// the file.
struct TextMarks {
  /// The ranges to leave out, in order.
  let ranges: [Range<Int>]
  /// The bytes of the ranges before each one, and of all of them.
  private let byteCountsBefore: [Int]
  /// Bytes of encoded data among them.
  let dataByteCount: Int

  /// - Parameters:
  ///   - bytes: the text.
  ///   - isMarkdown: whether a single line can be a quotation; in plain text, where `>` may also
  ///     be the prompt of a program, it takes two.
  init(_ bytes: [UInt8], isMarkdown: Bool) {
    let data = EncodedData(bytes).ranges
    let quotes = QuotationMarks(bytes, isMarkdown: isMarkdown).ranges
    dataByteCount = data.reduce(0) { $0 + $1.count }
    var merged: [Range<Int>] = []
    for range in (data + quotes).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound < last.upperBound { continue }
      merged.append(range)
    }
    ranges = merged
    var byteCounts = [0]
    for range in merged { byteCounts.append((byteCounts.last ?? 0) + range.count) }
    byteCountsBefore = byteCounts
  }

  /// A warning about the data that is left out; empty where there is none.
  var warnings: [String] {
    dataByteCount == 0
      ? [] : ["\(dataByteCount) bytes of encoded data, such as pictures in base64, were left out"]
  }

  /// The place in the text without the marks of a place in the whole text.
  ///
  /// - Complexity: O(log ranges).
  func offset(of place: Int) -> Int {
    let next = ranges.sortedIndex { $0.upperBound > place }
    let inside = next < ranges.count ? max(0, place - ranges[next].lowerBound) : 0
    return place - byteCountsBefore[next] - inside
  }
}

/// The lines of a text outside code.
struct TextLines {
  /// Visits each line, without its line feed, and tells whether it is inside a fenced block of code.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - hasFences: whether lines of three and more backquotes or tildes fence code (CommonMark
  ///     0.31, section 4.5), inside quotations as well.
  ///   - body: receives each line.
  static func forEach(
    _ bytes: [UInt8], hasFences: Bool, _ body: (Range<Int>, _ isCode: Bool) -> Void
  ) {
    var fence = MarkdownFence()
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let marks: Set<UInt8> = [0x20, 0x09, UInt8(ascii: ">")]
      let content = bytes[start..<end].drop { marks.contains($0) }
      let last = content.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? content.startIndex
      body(start..<end, hasFences && fence.takes(content[..<last]))
      start = end + 1
    }
  }
}
