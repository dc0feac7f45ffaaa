/// Parses the table that `pdftotext -tsv` writes: a row per page, block, line and word.
///
/// Columns: level, page, flow, block, line, word, left, top, width, height, confidence, text. The
/// table arrives in pieces of any size, and pages are handed out as soon as they are complete, so
/// that a long document is never held as a whole. Source: `printTSVBBox` in poppler 22.12,
/// `utils/pdftotext.cc`.
struct PDFWordTable {
  private static let pageLevel = 1
  private static let lineLevel = 4
  private static let wordLevel = 5
  private static let columnCount = 12

  /// The beginning of a row whose end has not arrived.
  private var rest: [UInt8] = []
  private var page: PDFPageLayout?
  private var complete: [PDFPageLayout] = []

  /// Appends a piece of the table.
  mutating func append(_ piece: ArraySlice<UInt8>) {
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: 0x0A) {
      if rest.isEmpty {
        read(piece[start..<end])
      } else {
        let row = rest + piece[start..<end]
        rest.removeAll(keepingCapacity: true)
        read(row[...])
      }
      start = end + 1
    }
    rest.append(contentsOf: piece[start...])
  }

  /// The pages that are complete since the last call.
  mutating func takePages() -> [PDFPageLayout] {
    defer { complete.removeAll() }
    return complete
  }

  /// Ends the table; the last page is complete now.
  mutating func finish() {
    if !rest.isEmpty { read(rest[...]) }
    rest = []
    if let page { complete.append(page) }
    page = nil
  }

  private mutating func read(_ row: ArraySlice<UInt8>) {
    let columns = row.split(
      separator: 0x09, maxSplits: Self.columnCount - 1, omittingEmptySubsequences: false)
    guard columns.count == Self.columnCount, let level = Self.number(columns[0]),
      let left = Self.number(columns[6]), let top = Self.number(columns[7]),
      let width = Self.number(columns[8]), let height = Self.number(columns[9])
    else { return continueWord(row) }
    switch Int(level) {
    case Self.pageLevel:
      if let page { complete.append(page) }
      page = PDFPageLayout(width: width, height: height)
    case Self.lineLevel:
      page?.lines.append(.init(flow: Int(Self.number(columns[2]) ?? 0), words: []))
    case Self.wordLevel:
      let box = PDFBox(left: left, top: top, right: left + width, bottom: top + height)
      appendWord(.init(text: String(decoding: columns[11], as: UTF8.self), box: box))
    default: break
    }
  }

  /// A line feed that a font has in place of a space cuts a row in two.
  private mutating func continueWord(_ row: ArraySlice<UInt8>) {
    guard !row.isEmpty, let line = page?.lines.indices.last,
      let last = page?.lines[line].words.popLast()
    else { return }
    let more = String(decoding: row, as: UTF8.self)
    appendWord(.init(text: last.text + "\n" + more, box: last.box))
  }

  private mutating func appendWord(_ word: PDFPageLayout.Word) {
    guard let count = page?.lines.count, count > 0 else { return }
    page?.lines[count - 1].words.append(word)
  }

  /// A decimal number without an exponent, of at most nine digits before the point; nil for
  /// anything else.
  static func number(_ digits: ArraySlice<UInt8>) -> Double? {
    var rest = digits
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    var value = 0.0
    var scale = 0.0
    for byte in rest {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value * 10 + Double(byte - UInt8(ascii: "0"))
        scale *= 10
      case UInt8(ascii: ".") where scale == 0: scale = 1
      default: return nil
      }
    }
    guard value < 1e15 else { return nil }
    let magnitude = scale > 1 ? value / scale : value
    return magnitude < 1e9 ? (isNegative ? -magnitude : magnitude) : nil
  }
}
