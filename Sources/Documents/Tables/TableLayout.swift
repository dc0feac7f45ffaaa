/// Turns the rows of a sheet or table into text in which each row is complete: the name of its
/// column precedes every value, so that a passage or a quoted row never loses its header.
///
/// Blank rows separate blocks. A block is a title, a table with a header, or rows without one; a
/// block without a header of its own continues the table before it.
struct TableLayout {
  /// The kind of source, which decides how sure a first row of words is a header.
  enum Convention {
    /// CSV and tables of text documents: the first row is the header.
    case headerFirst
    /// A sheet, in which two columns of words may be names and values.
    case freeForm
  }

  let convention: Convention
  /// Number of rows that the source itself declares as header, as in `table-header-rows`.
  var declaredHeaderCount = 0
  /// Longest text that a header may have; a longer one is a paragraph.
  static let maximumNameCharacterCount = 100

  private var header: TableHeader?

  init(_ convention: Convention, declaredHeaderCount: Int = 0) {
    self.convention = convention
    self.declaredHeaderCount = declaredHeaderCount
  }

  /// Writes rows into a text, each on a line with its place.
  ///
  /// - Parameters:
  ///   - rows: in order of their numbers; rows without text may be left out.
  ///   - text: the text that the rows are appended to.
  ///   - container: the name of the sheet in citations; nil for the only table of a file.
  ///   - placed: whether the rows are places, as in sheets; not those of a table in a text.
  mutating func write(
    _ rows: [TableRow], into text: inout TextAssembler, container: String?, placed: Bool
  ) {
    let visible = rows.filter { row in row.cells.contains { !$0.text.isEmpty } }
    var start = 0
    while start < visible.count {
      var end = start + 1
      while end < visible.count, visible[end].number == visible[end - 1].number &+ 1 { end += 1 }
      write(block: visible[start..<end], into: &text, container, placed)
      start = end
    }
  }

  private mutating func write(
    block: ArraySlice<TableRow>, into text: inout TextAssembler, _ container: String?,
    _ placed: Bool
  ) {
    var block = block
    var isFirst = true
    func put(_ line: String, _ row: TableRow) {
      if placed { text.mark(.row, "\(row.number)", in: container) }
      if isFirst { text.appendParagraph(line) } else { text.appendLine(line) }
      isFirst = false
    }
    // Lines above the table: its title, a date, a note. They are paragraphs of their own.
    func ownCellCount(_ row: TableRow) -> Int { row.cells.count { !$0.isCopy } }
    if declaredHeaderCount == 0, let table = block.firstIndex(where: { ownCellCount($0) > 1 }) {
      while block.startIndex < table, let row = block.first, ownCellCount(row) == 1 {
        put(row.cells[0].text, row)
        isFirst = true
        block = block.dropFirst()
      }
    }
    let headerCount = headerCount(of: block)
    if headerCount > 0 {
      var found = TableHeader(block.prefix(headerCount))
      block = block.dropFirst(headerCount)
      found.learnColumns(from: block)
      header = found
    } else if !continuesTable(block) {
      header = nil
    }
    for row in block { put(line(of: row), row) }
  }

  private func line(of row: TableRow) -> String {
    if let header { return header.words(of: row) }
    return row.cells.map(\.text).joined(separator: " | ")
  }

  /// The number of rows at the start of a block that name its columns; 0 if none does.
  private mutating func headerCount(of block: ArraySlice<TableRow>) -> Int {
    if declaredHeaderCount > 0, declaredHeaderCount < block.count {
      defer { declaredHeaderCount = 0 }
      return declaredHeaderCount
    }
    let rows = Array(block.prefix(50))
    guard rows.count > 1, canBeHeader(rows[0]) else { return 0 }
    let body = rows.dropFirst()
    let width = body.map { $0.cells.count }.max() ?? 0
    // A corner without a name is common; more columns than names are not.
    guard rows[0].cells.count + 1 >= min(width, body.first?.cells.count ?? 0) else { return 0 }
    let columns = Set(rows[0].cells.map(\.column))
    let hasNumbers = body.contains { row in
      row.cells.contains { !$0.isWords && columns.contains($0.column) }
    }
    guard hasNumbers || wordsAreHeader(rows) else { return 0 }
    let groups = rows[0].cells.contains(where: \.isCopy)
    return groups && rows.count > 2 && canBeHeader(rows[1]) ? 2 : 1
  }

  private func canBeHeader(_ row: TableRow) -> Bool {
    !row.cells.isEmpty
      && row.cells.allSatisfy {
        ($0.isWords || Self.isYear($0.text)) && $0.text.count <= Self.maximumNameCharacterCount
      } && row.cells.contains(where: \.isWords)
  }

  /// Years are the only numbers that head a column often: `Country | 2023 | 2024`.
  private static func isYear(_ text: String) -> Bool {
    guard text.utf8.count == 4, let year = Int(text) else { return false }
    return (1_800...2_199).contains(year)
  }

  /// Whether the first of several rows of words names the columns of the others.
  private func wordsAreHeader(_ rows: [TableRow]) -> Bool {
    if header != nil, convention == .freeForm { return rows[0].cells.allSatisfy(\.isBold) }
    if convention == .headerFirst { return rows[0].cells.count > 1 || rows[1].cells.count == 1 }
    let bold = rows[0].cells.allSatisfy(\.isBold)
    if bold { return !rows[1].cells.allSatisfy(\.isBold) }
    // Names and values: the names, not the first row, are bold, or there are two columns only.
    if rows.dropFirst().contains(where: { $0.cells.first?.isBold == true }) { return false }
    return rows[0].cells.count > 2
  }

  /// Whether a block without a header is more rows of the table above the blank row.
  private func continuesTable(_ block: ArraySlice<TableRow>) -> Bool {
    guard let header else { return false }
    let columns = Set(block.flatMap { $0.cells.map(\.column) })
    guard columns.isSubset(of: header.names.keys), columns.count > 1 || header.names.count == 1
    else { return false }
    let cells = block.flatMap(\.cells)
    let numbers = cells.filter { !$0.isWords }
    // Words below a column of numbers are something else.
    return numbers.allSatisfy { header.numberColumns.contains($0.column) }
      && (!numbers.isEmpty || header.numberColumns.isDisjoint(with: columns))
  }
}
