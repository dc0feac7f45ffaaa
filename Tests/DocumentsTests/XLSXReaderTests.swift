import Testing

@testable import Documents

/// XLSX: the values that a spreadsheet program shows, with their headers and places.
@Suite struct XLSXReaderTests {
  private func document(_ name: String) throws -> ExtractedDocument {
    try DocumentReader().read(path: DocumentFixture.path(name))
  }

  /// Written with xlsxwriter: formats, merged cells, formulas, three sheets.
  @Test func rowsHaveShownValuesUnderTheirHeaders() throws {
    let document = try document("ferry.xlsx")
    #expect(document.type == .xlsx)
    #expect(document.title == "Ferry prices")
    let lines = document.text.split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "Prices", "Prices of the night boat",
        "Ticket: Adult | Single: 1,250.00 | Return: € 2,100.50 | Valid from: 14.03.2026"
          + " | Discount: 0.0%",
        "Ticket: Child | Single: 625.25 | Return: € 1,050.00 | Valid from: 14.03.2026"
          + " | Discount: 12.5%",
        "Ticket: Bicycle | Single: 90.00 | Return: € 150.00 | Valid from: 01.04.2026"
          + " | Discount: 5.0%",
        "Ticket: Total | Single: 1,965.25", "Departures",
        "Pier: North | Weekdays First: 07:30 | Weekdays Last: 22:15 | Sundays First: 09:00"
          + " | Sundays Last: 20:00",
        "Pier: North | Weekdays First: 08:00 | Weekdays Last: 23:00 | Sundays First: 10:00"
          + " | Sundays Last: 21:00",
        "Contact | Harbour office", "Telephone | 0123 456789", "Pets travel free", "Archive",
        "Year: 2024 | Passengers: 81234",
      ])
    #expect(document.warnings == ["the sheet 'Archive' is hidden, and is read"])
    #expect(document.headings.map(\.title) == ["Prices", "Departures", "Archive"])
  }

  @Test func placesAreSheetsAndRows() throws {
    let document = try document("ferry.xlsx")
    let chunks = Chunker(maximumTokenCount: 400, measure: ChunkerTests.words).chunks(of: document)
    // No chunk crosses sheets.
    #expect(
      chunks.map(\.place) == [
        "sheet Prices, rows 1-7", "sheet Departures, rows 1-8", "sheet Archive, rows 1-2",
      ])
  }

  @Test func filesOfOpenpyxlHaveDatesAndHeaders() throws {
    let document = try document("staff.xlsx")
    #expect(
      document.text
        == "Staff\n\nName: Greta Holm | Department: Engines | Start: 2019-09-02 | Salary: 48500\n"
        + "Name: Ivo Marsh | Department: Kitchen | Start: 2022-01-17 | Salary: 39000")
  }

  /// Text boxes are above the cells; the second sheet has nothing else.
  @Test func textBoxesFollowTheCells() throws {
    let document = try document("notice.xlsx")
    #expect(
      document.text
        == "Prices\n\nTicket: Adult | Single: 12\n\nChildren under six travel free.\n\n"
        + "Dogs pay 3 crowns.\n\nNotice\n\nThe pier is closed on Mondays.")
    let chunks = Chunker(maximumTokenCount: 400, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.map(\.place).last == "sheet Notice")
  }

  static let formats: [(String, Double, String)] = [
    ("General", 1234.5, "1234.5"), ("General", 0.1 + 0.2, "0.3"),
    ("General", 1.0 / 3, "0.333333333"),
    ("General", 123456789012, "123456789012"), ("General", 1e20, "1.00000E+20"),
    ("General", -7, "-7"),
    ("0", 2.5, "3"), ("0.00", 1.005, "1.01"), ("#,##0", 1234567, "1,234,567"),
    ("#,##0.00", 0.5, "0.50"), ("#,##0.0#", 1.25, "1.25"), ("#,##0.0#", 1.5, "1.5"),
    ("0.0%", 0.125, "12.5%"), ("0%", 1, "100%"), ("0.00E+00", 12345, "1.23E+04"),
    ("0.00E+00", 0.00012, "1.20E-04"), ("#,##0;(#,##0)", -1500, "(1,500)"),
    ("0;-0;\"none\"", 0, "none"), ("#,##0 \"kg\"", 1500, "1,500 kg"),
    ("[$€-407] 0.00", 5, "€ 5.00"),
    ("[Red]-0.0", 5, "-5.0"), ("000-0000", 5551234, "555-1234"), ("00000", 42, "00042"),
    ("#,##0,", 1234567, "1,235"), ("0.0,,\"M\"", 2_500_000, "2.5M"),
    ("yyyy-mm-dd", 46095, "2026-03-14"),
    ("d mmm yyyy", 46095, "14 Mar 2026"), ("dddd, mmmm d", 46095, "Saturday, March 14"),
    ("h:mm AM/PM", 0.75, "6:00 PM"), ("hh:mm:ss", 0.999988425925926, "23:59:59"),
    ("[h]:mm", 1.5, "36:00"), ("mm:ss.0", 0.0007, "01:00.5"), ("dd/mm/yy", 1, "01/01/00"),
    ("yyyy-mm-dd", 60, "1900-02-29"), ("yyyy-mm-dd", 61, "1900-03-01"), ("@", 7, "7"),
  ]

  @Test(arguments: formats)
  func numbersAreFormatted(code: String, number: Double, shown: String) {
    #expect(NumberFormat(code).string(number, uses1904: false) == shown)
  }

  @Test func datesOfOldMacintoshFilesCountFrom1904() {
    #expect(NumberFormat("yyyy-mm-dd").string(0, uses1904: true) == "1904-01-01")
    #expect(NumberFormat("yyyy-mm-dd").string(44633, uses1904: true) == "2026-03-14")
  }

  @Test func escapedCharactersOfStringsAreResolved() {
    #expect(XLSXStrings.unescaped("a_x000D_b") == "a\rb")
    #expect(XLSXStrings.unescaped("file_x1_y") == "file_x1_y")
    #expect(XLSXStrings.unescaped("_x005F_x000D_") == "_x000D_")
  }
}
