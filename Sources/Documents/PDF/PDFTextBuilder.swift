/// Writes the text of a PDF from the words of its pages: running text in reading order, and the
/// rows of tables on lines of their own with bars between the cells.
struct PDFTextBuilder {
  private(set) var bytes: [UInt8] = []
  /// The byte ranges of the pages; blank lines between pages belong to none.
  private(set) var pages: [Range<Int>] = []
  /// Number of control characters, which were replaced.
  private(set) var removedControlCount = 0

  private let limit: Int
  /// Offsets of hyphens that stood at a line end.
  private var hyphens: [Int] = []
  private var pageStart: Int?

  /// - Parameter limit: the number of bytes beyond which pages are left out.
  init(limit: Int = .max) { self.limit = limit }

  /// Whether the text is longer than the limit.
  var isFull: Bool { bytes.count > limit }

  /// The separation of a piece of text from the one before it.
  private enum Break {
    /// On the next line; the words go on.
    case line
    /// On the same line, or the next line of a cell.
    case space
    case paragraph
    /// In another column of a table.
    case cell(barCount: Int)
    /// On the next line of a table.
    case row
  }

  // MARK: Pages

  /// Appends a page.
  ///
  /// - Complexity: that of ``PDFTableFinder``.
  mutating func append(_ layout: PDFPageLayout) {
    guard !isFull else { return }
    pageStart = nil
    var characters = PDFCharacters()
    let page = characters.cleaned(layout)
    removedControlCount += characters.replacedCount
    let segments = PDFSegment.segments(of: page)
    var finder = PDFTableFinder(segments)
    let tables = finder.find()
    var tableNumbers: [Int: Int] = [:]
    for (number, table) in tables.enumerated() {
      for member in table.members { tableNumbers[member] = number }
    }
    var written: Set<Int> = []
    var previous: PDFSegment?
    var followsTable = false
    for (index, segment) in segments.enumerated() {
      if let number = tableNumbers[index] {
        if written.insert(number).inserted { append(tables[number]) }
        followsTable = true
        continue
      }
      let isSameFlow = previous.map { page.lines[$0.line].flow } == page.lines[segment.line].flow
      let isSameLine = previous?.line == segment.line
      write(
        segment.text,
        after: followsTable || !isSameFlow ? .paragraph : isSameLine ? .space : .line)
      (previous, followsTable) = (segment, false)
    }
    pages.append((pageStart ?? bytes.count)..<bytes.count)
  }

  private mutating func append(_ table: PDFTable) {
    var start = Break.paragraph
    for row in table.rows {
      for (index, cell) in row.enumerated() {
        for (number, line) in cell.lines.enumerated() {
          let between: Break =
            number > 0 || (index > 0 && cell.barCount == 0)
            ? .space : .cell(barCount: cell.barCount)
          guard index == 0, number == 0 else {
            write(line, after: between)
            continue
          }
          // A row may begin with empty cells.
          write(String(repeating: "| ", count: cell.barCount) + line, after: start)
          start = .row
        }
      }
    }
  }

  /// Ends the text: removes the hyphens that typesetters inserted at line ends.
  mutating func finish() {
    let inserted = PDFHyphens(bytes, candidates: hyphens).inserted()
    hyphens = []
    guard !inserted.isEmpty else { return }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var start = 0
    for offset in inserted {
      result.append(contentsOf: bytes[start..<offset])
      start = offset + 1
    }
    result.append(contentsOf: bytes[start...])
    bytes = result
    func moved(_ offset: Int) -> Int { offset - inserted.sortedIndex { $0 >= offset } }
    pages = pages.map { moved($0.lowerBound)..<moved($0.upperBound) }
  }

  // MARK: Pieces

  private mutating func write(_ text: String, after separator: Break) {
    guard !text.isEmpty else { return }
    if pageStart == nil {
      // Separates pages by a blank line, so that no paragraph continues across them.
      if !bytes.isEmpty { bytes.append(contentsOf: [0x0A, 0x0A]) }
      pageStart = bytes.count
    } else {
      writeBreak(separator, before: text)
    }
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func writeBreak(_ separator: Break, before text: String) {
    switch separator {
    case .cell(let barCount):
      bytes.append(contentsOf: (String(repeating: " |", count: max(1, barCount)) + " ").utf8)
    case .row: bytes.append(0x0A)
    case .paragraph:
      // A divided word may go on in the next column.
      if case .divided = PDFLineEnd(before: end, next: text) {
        joinLines(before: text, otherwise: 0x0A)
      } else {
        bytes.append(contentsOf: [0x0A, 0x0A])
      }
    case .line: joinLines(before: text, otherwise: 0x0A)
    case .space: joinLines(before: text, otherwise: 0x20)
    }
  }

  /// The end of the text, long enough for the word before a hyphen.
  private var end: ArraySlice<UInt8> { Array(bytes.suffix(80))[...] }

  private mutating func joinLines(before text: String, otherwise byte: UInt8) {
    switch PDFLineEnd(before: end, next: text) {
    case .lineBreak: bytes.append(byte)
    case .keepsHyphen: break
    case .softHyphen: bytes.removeLast(2)
    case .divided(let hyphenByteCount):
      bytes.removeLast(hyphenByteCount)
      hyphens.append(bytes.count)
      bytes.append(UInt8(ascii: "-"))
    }
  }
}
