import Testing

@testable import Documents

/// CSV and TSV, and the lines that rows of tables become.
@Suite struct TableTests {
  private func lines(_ text: String, _ name: String = "a.csv") throws -> [String] {
    try DocumentFixture.read(text, name).text.split(separator: "\n").map(String.init)
  }

  @Test func eachRowHasTheNamesOfItsColumns() throws {
    #expect(
      try lines("Ticket,Single,Return\nAdult,25,40\nChild,12,\n") == [
        "Ticket: Adult | Single: 25 | Return: 40", "Ticket: Child | Single: 12",
      ])
  }

  @Test(arguments: [
    ("a;b\nx;1,5\ny;2,5\n", "a.csv"), ("a\tb\nx\t1,5\ny\t2,5\n", "a.tsv"),
    ("a|b\nx|1,5\ny|2,5\n", "a.csv"), ("sep=;\na;b\nx;1,5\ny;2,5\n", "a.csv"),
    ("a,b\r\nx,\"1,5\"\r\ny,\"2,5\"\r\n", "a.csv"), ("\u{FEFF}a,b\nx,\"1,5\"\ny,\"2,5\"", "a.csv"),
    ("a\tb\nx\t1,5\ny\t2,5\n", "a.csv"),
  ])
  func separatorsAreFound(text: String, name: String) throws {
    #expect(try lines(text, name) == ["a: x | b: 1,5", "a: y | b: 2,5"])
  }

  @Test func quotationMarksProtectSeparatorsAndLineEnds() throws {
    let text = "Name,Note\nAnna,\"says \"\"go\"\", then\nleaves\"\nBen,\"\"\n"
    #expect(
      try lines(text) == ["Name: Anna | Note: says \"go\", then leaves", "Name: Ben"])
  }

  /// An inch mark does not swallow the rest of the file.
  @Test func anOpenQuotationMarkIsACharacter() throws {
    #expect(
      try lines("Part,Size\nPipe,\"3 inch\nTap,2 inch\n") == [
        "Part: Pipe | Size: \"3 inch", "Part: Tap | Size: 2 inch",
      ])
  }

  @Test func aTableWithoutHeaderKeepsItsFirstRow() throws {
    #expect(try lines("1,2\n3,4\n") == ["1 | 2", "3 | 4"])
  }

  @Test func aHeaderAloneIsARow() throws {
    #expect(try lines("Ticket,Single\n") == ["Ticket | Single"])
  }

  @Test func chunksCiteTheRowsOfTheSpreadsheet() throws {
    let rows = (2...200).map { "Item \($0),\($0 * 3)" }.joined(separator: "\n")
    let document = try DocumentFixture.read("Name,Price\n" + rows, "a.csv")
    let chunks = Chunker(maximumTokenCount: 64, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.count > 5)
    for chunk in chunks {
      let first = chunk.text.split(separator: " ").dropFirst(2).first.map(String.init)
      #expect(chunk.place?.hasPrefix("rows \(first ?? "?")-") == true)
    }
    #expect(chunks.last?.place?.hasSuffix("-200") == true)
  }

  // MARK: Layout

  private func layout(
    _ rows: [[String?]], _ convention: TableLayout.Convention = .freeForm, bold: Set<Int> = []
  ) throws -> [String] {
    var text = TextAssembler(limits: DocumentLimits())
    var layout = TableLayout(convention)
    let table = rows.enumerated().map { number, cells in
      TableRow(
        number: number + 1,
        cells: cells.enumerated().compactMap { column, cell in
          cell.map { TableCell(column: column, text: $0, isBold: bold.contains(number + 1)) }
        })
    }
    layout.write(table, into: &text, container: nil, placed: false)
    return try text.document(type: .csv, path: "a").text.split(separator: "\n").map(String.init)
  }

  @Test func titlesAboveATableAreNotItsHeader() throws {
    #expect(
      try layout([["Prices 2026"], ["Ticket", "Single"], ["Adult", "25"]]) == [
        "Prices 2026", "Ticket: Adult | Single: 25",
      ])
  }

  @Test func blankRowsSeparateTables() throws {
    let rows: [[String?]] = [
      ["Ticket", "Single"], ["Adult", "25"], [], ["Child", "12"], [], ["Pier", "Boats"],
      ["North", "4"],
    ]
    #expect(
      try layout(rows) == [
        "Ticket: Adult | Single: 25", "Ticket: Child | Single: 12", "Pier: North | Boats: 4",
      ])
  }

  @Test func namesAndValuesAreNotATable() throws {
    #expect(
      try layout([["Contact", "Harbour office"], ["Street", "Quay"]]) == [
        "Contact | Harbour office", "Street | Quay",
      ])
  }

  @Test func boldWordsAreAHeader() throws {
    #expect(
      try layout([["Name", "Town"], ["Anna", "Bergen"]], bold: [1]) == ["Name: Anna | Town: Bergen"]
    )
  }

  @Test func yearsHeadColumns() throws {
    #expect(
      try layout([["Land", "2023", "2024"], ["Norway", "5", "6"]]) == [
        "Land: Norway | 2023: 5 | 2024: 6"
      ])
  }

  /// A hostile file repeats a long header in every row.
  @Test func expansionIsLimited() throws {
    var limits = DocumentLimits()
    limits.maximumTextByteCount = 20_000
    let name = String(repeating: "n", count: 90)
    let table = "\(name),b\n" + String(repeating: "1,2\n", count: 1_000)
    #expect(throws: DocumentError.textTooLarge(path: "a.csv", limit: 20_000)) {
      try DocumentReader(limits: limits).read(contents: Array(table.utf8), path: "a.csv")
    }
  }

  /// The number of a row comes from the file.
  @Test func theLastNumberOfARowHasNoNextOne() throws {
    var text = TextAssembler(limits: DocumentLimits())
    var layout = TableLayout(.freeForm)
    let rows = [Int.max, Int.min, 5].map {
      TableRow(number: $0, cells: [TableCell(column: 0, text: "a")])
    }
    layout.write(rows, into: &text, container: nil, placed: true)
    #expect(try text.document(type: .xlsx, path: "a").text.filter { $0 == "a" }.count == 3)
  }

  @Test(.timeLimit(.minutes(1))) func mergedCellsOfALongSheetAreFilledInLinearTime() {
    let rows = (1...50_000).map {
      TableRow(
        number: $0,
        cells: [TableCell(column: 0, text: "a"), TableCell(column: $0 % 2 + 1, text: "b")])
    }
    let regions = (1...50_000).map { CellRegion(columns: 0...2, rows: $0...$0) }
    let merged = CellRegion.merged(rows, regions)
    #expect(merged.count == rows.count)
    #expect(merged[0].cells.map(\.isCopy) == [false, true, false])
  }

  /// A chapter of a book keeps the tables of its page.
  @Test func tablesOfAppendedDocumentsAreMoved() throws {
    var page = ExtractedDocument(type: .html, text: "A | B\n1 | 2")
    page.tables = [ExtractedTable(header: 0..<5, byteRange: 0..<11)]
    var text = TextAssembler(limits: DocumentLimits())
    text.appendParagraph("Before")
    text.append(page)
    let document = try text.document(type: .epub, path: "a")
    #expect(document.text == "Before\n\nA | B\n1 | 2")
    #expect(document.tables == [ExtractedTable(header: 8..<13, byteRange: 8..<19)])
  }
}
