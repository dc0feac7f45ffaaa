/// The state of a table whose rows become lines.
///
/// A cell that spans rows or columns is written in each of them, so that every row has its cells in the
/// order of the header.
struct OpenTable {
  /// A text that the rows below repeat in a column.
  struct Span {
    var rowCount: Int
    let text: String
  }

  var start: Int?
  var column = 0
  var columnCount = 0
  var cellCountOfRow = 0
  var rowCount = 0
  var rowStart = 0
  var cellStart = 0
  var columnSpan = 1
  var rowSpan = 1
  var spans: [Int: Span] = [:]
  /// The texts of cells that the cells below may continue, by column (Word's vertical merges).
  var kept: [Int: String] = [:]
  var keepsCell = false
  /// A text that goes into more columns, if another cell follows.
  var repeated: (text: String, count: Int)?
  /// Bytes that were written for spans.
  var repeatedByteCount = 0
  /// End of the rows that name the columns, as long as there are only such rows.
  var headerEnd: Int?
  var headerIsOpen = true
  var headerIsStated = false
  var rowHasOnlyHeaders = true
  /// Whether the file says that the row names the columns.
  var rowIsHeader = false

  /// A longer text is written once; the other rows get an empty cell.
  static let longestRepeatedText = 200
  /// Columns up to which cells are repeated, far above those of printed tables.
  static let maximumColumnCount = 64
}

extension ProseBuilder {
  mutating func beginTable() {
    table = OpenTable()
  }

  mutating func endTable() {
    defer { table = nil }
    guard let table, let start = table.start, let headerEnd = table.headerEnd,
      headerEnd < bytes.count, table.columnCount > 1
    else { return }
    let found = ExtractedTable(header: start..<headerEnd, byteRange: start..<bytes.count)
    if table.headerIsStated || looksLikeHeader(found.header, columnCount: table.columnCount) {
      tables.append(found)
    }
  }

  /// The first row of a table without a stated header: at least three columns, none without words
  /// and none with digits.
  private func looksLikeHeader(_ range: Range<Int>, columnCount: Int) -> Bool {
    guard columnCount > 2, !bytes[range].contains(where: { (0x30...0x39).contains($0) }) else {
      return false
    }
    let cells = String(decoding: bytes[range], as: UTF8.self).split(
      separator: "|", omittingEmptySubsequences: false)
    return cells.count == columnCount && !cells.contains { $0.allSatisfy(\.isWhitespace) }
  }

  /// Begins a row.
  ///
  /// - Parameter isHeader: whether the file says that the row names the columns.
  mutating func beginRow(isHeader: Bool = false) {
    if table == nil { table = OpenTable() }
    beginRowLine()
    table?.column = 0
    table?.cellCountOfRow = 0
    table?.rowStart = bytes.count
    table?.rowHasOnlyHeaders = true
    table?.rowIsHeader = isHeader
  }

  /// Notes that the open row names the columns.
  mutating func markRowAsHeader() { table?.rowIsHeader = true }

  /// Begins a cell.
  ///
  /// - Parameters:
  ///   - columns: number of columns that the cell spans.
  ///   - rows: number of rows that the cell spans, this one included.
  ///   - isHeader: whether the cell names a column or a row.
  mutating func beginCell(columns: Int = 1, rows: Int = 1, isHeader: Bool = false) {
    guard table != nil else { return }
    writeRepeated()
    writeSpans()
    if (table?.column ?? 0) > 0 { nextCell() }
    table?.cellStart = bytes.count
    table?.columnSpan = min(max(1, columns), OpenTable.maximumColumnCount)
    table?.rowSpan = max(1, rows)
    table?.cellCountOfRow += 1
    if !isHeader { table?.rowHasOnlyHeaders = false }
  }

  mutating func endCell() {
    guard let open = table else { return }
    endScript()
    let start = min(open.cellStart, bytes.count)
    let isLong = bytes.count - start > OpenTable.longestRepeatedText
    let text =
      isLong
      ? ""
      : String(
        decoding: bytes[start...].drop { $0 == 0x20 || $0 == UInt8(ascii: "|") || $0 == 0x0A },
        as: UTF8.self)
    if open.columnSpan > 1 { table?.repeated = (text, open.columnSpan - 1) }
    if open.rowSpan > 1 {
      for column in open
        .column..<min(
          open.column + open.columnSpan, OpenTable.maximumColumnCount)
      {
        table?.spans[column] = OpenTable.Span(rowCount: open.rowSpan - 1, text: text)
      }
    }
    if open.keepsCell { table?.kept[open.column] = text }
    table?.keepsCell = false
    table?.column += 1
  }

  /// Notes that cells below may continue the open one.
  mutating func keepForCellsBelow() { table?.keepsCell = true }

  /// Writes the text of the cell above that the open cell continues.
  mutating func continueCellAbove() {
    guard let column = table?.column, let text = table?.kept[column], canRepeat(text) else {
      return
    }
    append(text)
  }

  /// Ends a row; one without cells leaves no line.
  mutating func endRow() {
    if (table?.cellCountOfRow ?? 0) > 1 { writeRepeated() } else { table?.repeated = nil }
    writeSpans()
    endRowLine()
    guard let open = table, bytes.count > open.rowStart else { return }
    let isFirst = open.rowCount == 0
    if isFirst {
      table?.start = bytes[open.rowStart...].firstIndex { $0 != 0x0A } ?? open.rowStart
    }
    table?.rowCount += 1
    table?.columnCount = max(open.columnCount, open.column)
    guard open.headerIsOpen else { return }
    let isHeader = open.rowIsHeader || open.rowHasOnlyHeaders
    if isHeader { table?.headerIsStated = true }
    if isFirst || isHeader { table?.headerEnd = bytes.count }
    if !isHeader { table?.headerIsOpen = false }
  }

  private mutating func writeRepeated() {
    guard let (text, count) = table?.repeated else { return }
    table?.repeated = nil
    for _ in 0..<count {
      guard canRepeat(text) else { return }
      nextCell()
      append(text)
      table?.column += 1
    }
  }

  /// Writes the texts of cells above that span the next columns.
  private mutating func writeSpans() {
    while let column = table?.column, var span = table?.spans[column] {
      guard canRepeat(span.text) else {
        table?.spans = [:]
        return
      }
      if column > 0 { nextCell() }
      append(span.text)
      span.rowCount -= 1
      table?.spans[column] = span.rowCount > 0 ? span : nil
      table?.column += 1
    }
  }

  /// Whether a text may be written once more: repeated texts and their bars are not longer than the
  /// rest, or a file of a few bytes a row could ask for any amount of text.
  private mutating func canRepeat(_ text: String) -> Bool {
    guard let written = table?.repeatedByteCount else { return false }
    table?.repeatedByteCount = written + text.utf8.count + 3
    return written < 65_536 + bytes.count / 2
  }
}
