import Testing

@testable import Documents

/// Rows of tables stay rows, columns of text stay in order, and hyphens at line ends keep their
/// meaning.
struct PDFLayoutTests {
  /// The text of one page of layouts.pdf, from 1.
  static func page(_ number: Int) throws -> String {
    let document = try DocumentReader().read(path: DocumentFixture.path("layouts.pdf"))
    let pages = try #require(document.pages)
    return DocumentFixture.slice(document, pages[number - 1])
  }

  static let fares = """
    Boat | Single | Return
    Harbour ferry | 4.00 | 7.00
    Island ferry | 9.50 | 16.00
    Night boat | 22.00 | 40.00
    Seal tour | 15.00
    Mill train | 3.20 | 5.80
    """

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext is not installed"))
  func rowsInSolidTypeBetweenParagraphs() throws {
    let text = try Self.page(1)
    #expect(text.contains("\n\n" + Self.fares + "\n\n"))
    #expect(text.hasPrefix("The harbour office") && text.hasSuffix("by post within a week."))
  }

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext is not installed"))
  func wrappedCellsBelongToTheirRow() throws {
    #expect(
      try Self.page(2) == """
        Boat | Fare | Conditions
        Harbour ferry across the inner bay | 4.00 | daily from nine to five, but never in a storm
        Night boat | 22.00 | in summer only; children under seven travel free
        Seal tour | 15.00 | when the sea is calm
        """)
  }

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext is not installed"))
  func columnsOfTextStayInOrder() throws {
    let text = try Self.page(3)
    #expect(!text.contains("|"))
    #expect(text.hasPrefix("The quay and its list\n"))
    let places = ["Left begins.", "Left\nends.", "Right begins.", "Right\nends."]
      .compactMap { text.firstRange(of: $0)?.lowerBound }
    #expect(places.count == 4 && places == places.sorted())
  }

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext is not installed"))
  func aTableInOneOfTwoColumns() throws {
    let text = try Self.page(4)
    #expect(text.contains("\n\n" + Self.fares + "\n\n"))
    #expect(text.count { $0 == "|" } == Self.fares.count { $0 == "|" })
    let places = ["Left begins.", "Boat |", "Below the table.", "Right begins."]
      .compactMap { text.firstRange(of: $0)?.lowerBound }
    #expect(places.count == 4 && places == places.sorted())
  }

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext is not installed"))
  func anIndexInColumnsIsNoTable() throws {
    let text = try Self.page(5)
    #expect(!text.contains("|"))
    #expect(text.contains("derrick, 12") && text.contains("fender, 13"))
  }

  @Test(.enabled(if: PDFReaderTests.hasTool, "pdftotext is not installed"))
  func formsListsAndHyphens() throws {
    let text = try Self.page(6)
    #expect(text.contains("Telephone: | 555-0134\nHarbour master: | Odd Hagen"))
    #expect(text.contains("• Point 1 of the list\n• Point 2 of the list\n"))
    #expect(
      text.hasSuffix(
        """
        The well-known pump costs 20-25 crowns and 300 kilograms of coal, from 1914-1918 prices; \
        part AB-12, the Anglo-Saxon model, and pre-
        and post-war ones. It is well-known.
        """))
  }

  // MARK: Parts

  @Test(arguments: [
    ("costs 20-", "25 crowns", PDFLineEnd.keepsHyphen),
    ("in 1914\u{2013}", "1918", .keepsHyphen),
    ("call 555-", "0134", .keepsHyphen),
    ("the Anglo-", "Saxon", .keepsHyphen),
    ("part AB-", "12", .keepsHyphen),
    ("a 12-", "volt lamp", .keepsHyphen),
    ("see https://example.org/a-", "page", .keepsHyphen),
    ("infor-", "mation", .divided(hyphenByteCount: 1)),
    ("infor\u{2010}", "mation", .divided(hyphenByteCount: 3)),
    ("Gr\u{FC}\u{DF}e f\u{FC}r M\u{FC}n-", "chen", .divided(hyphenByteCount: 1)),
    ("infor\u{AD}", "mation", .softHyphen),
    ("pre-", "and post-war", .lineBreak),
    ("Haupt-", "und Nebensatz", .lineBreak),
    ("a dash -", "and more", .lineBreak),
    ("a dash --", "and more", .lineBreak),
    ("loss 300-", "Dredging", .lineBreak),
    ("no hyphen", "here", .lineBreak),
    ("-", "x", .lineBreak),
    ("", "x", .lineBreak),
  ])
  func lineEnds(before: String, next: String, expected: PDFLineEnd) {
    #expect(PDFLineEnd(before: Array(before.utf8)[...], next: next) == expected)
  }

  /// The words of the document decide whether a hyphen was in the word.
  @Test func theDocumentDecidesAboutHyphens() {
    func joined(_ text: String, divisions: [String]) -> String {
      var bytes = Array(text.utf8)
      let offsets = divisions.compactMap { division in
        text.firstRange(of: division).map {
          text[..<$0.lowerBound].utf8.count + division.prefix { $0 != "-" }.utf8.count
        }
      }
      for offset in PDFHyphens(bytes, candidates: offsets).inserted().reversed() {
        bytes.remove(at: offset)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(
      joined("A well-known fact. It is well-known.", divisions: ["well-known"])
        == "A well-known fact. It is well-known.")
    #expect(joined("A co-operative.", divisions: ["co-operative"]) == "A cooperative.")
    #expect(
      joined("The Infor-mation. See information on in-form.", divisions: ["Infor-mation"])
        == "The Information. See information on in-form.")
    #expect(joined("z\u{FC}-rich", divisions: ["z\u{FC}-rich"]) == "z\u{FC}rich")
    #expect(PDFHyphens([], candidates: []).inserted().isEmpty)
  }

  /// The table arrives in pieces of any size.
  @Test(arguments: [1, 7, 64, 10_000])
  func piecesOfTheTable(byteCount: Int) {
    let table = Array(
      """
      level\tpage_num\tpar_num\tblock_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
      1\t1\t0\t0\t0\t0\t0.000000\t0.000000\t400.000000\t300.000000\t-1\t###PAGE###
      3\t1\t0\t0\t0\t0\t30.0\t57.3\t193.3\t43.1\t-1\t###FLOW###
      4\t1\t0\t0\t0\t0\t30.0\t57.3\t120.7\t11.1\t-1\t###LINE###
      5\t1\t0\t0\t0\t0\t30.00\t57.38\t50.5\t11.10\t100\tA\tb
      c
      5\t1\t0\t0\t0\t1\t-3.50\t57.38\t5\t11.10\t100\td
      1\t2\t0\t0\t0\t0\t0\t0\t400\t300\t-1\t###PAGE###

      """.utf8)
    var parser = PDFWordTable()
    var pages: [PDFPageLayout] = []
    for start in stride(from: 0, to: table.count, by: byteCount) {
      parser.append(table[start..<min(table.count, start + byteCount)])
      pages += parser.takePages()
    }
    parser.finish()
    pages += parser.takePages()
    #expect(pages.count == 2 && pages[1].lines.isEmpty && pages[0].width == 400)
    let words = pages[0].lines.flatMap(\.words)
    #expect(words.map(\.text) == ["A\tb\nc", "d"])
    #expect(words[0].box == PDFBox(left: 30, top: 57.38, right: 80.5, bottom: 68.48))
    #expect(words[1].box.left == -3.5)
  }

  @Test func numbersOfTheTable() {
    func number(_ text: String) -> Double? { PDFWordTable.number(Array(text.utf8)[...]) }
    #expect(number("12.25") == 12.25 && number("-0.5") == -0.5 && number("7") == 7)
    for wrong in ["", "-", "1.2.3", "1e5", "nan", "99999999999999", "x"] {
      #expect(number(wrong) == nil, "\(wrong)")
    }
  }

  private static func page(_ lines: [String]) -> PDFPageLayout {
    var page = PDFPageLayout()
    page.lines = lines.enumerated().map { number, line in
      .init(
        flow: 0,
        words: line.split(separator: " ").enumerated().map { place, word in
          let left = Double(place) * 40
          let top = Double(number) * 12
          return .init(
            text: String(word),
            box: PDFBox(left: left, top: top, right: left + 38, bottom: top + 9))
        })
    }
    return page
  }

  /// Fonts without a Unicode table: the number of the space, and of TeX's ligatures.
  @Test func controlCharactersAreSpacesOrLigatures() {
    var builder = PDFTextBuilder()
    builder.append(Self.page(["Bathing\u{2}costs\u{2}5\u{2}crowns", "a\u{2}day"]))
    builder.append(
      Self.page(["The \u{C}rst o\u{E}ce was di\u{B}erent and had no particular \u{C}nal name"]))
    builder.append(Self.page(["one\u{C}two\u{C}three", "\u{FEFF}four\u{1F}"]))
    builder.finish()
    #expect(
      String(decoding: builder.bytes, as: UTF8.self) == """
        Bathing costs 5 crowns
        a day

        The first office was different and had no particular final name

        one two three
        four
        """)
    #expect(builder.removedControlCount == 4 + 4 + 4)
    #expect(builder.pages.count == 3)
  }

  /// Pages keep their ranges where hyphens before them are removed.
  @Test func pagesMoveWithRemovedHyphens() {
    var builder = PDFTextBuilder()
    builder.append(Self.page(["the infor-", "mation and the co-", "operative"]))
    builder.append(Self.page([]))
    builder.append(Self.page(["last"]))
    builder.finish()
    let bytes = builder.bytes
    let texts = builder.pages.map { String(decoding: bytes[$0], as: UTF8.self) }
    #expect(texts == ["the information and the cooperative", "", "last"])
  }

  /// Boxes without sense give text, and no trap.
  @Test func strangeBoxes() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      var page = PDFPageLayout(width: 100, height: 100)
      page.lines = (0..<Int.random(in: 0...30, using: &generator)).map { number in
        .init(
          flow: number / 3,
          words: (0..<Int.random(in: 0...5, using: &generator)).map { place in
            func place1() -> Double { Double(Int.random(in: -5...60, using: &generator)) }
            return .init(
              text: ["a", "b-", "1.", "•", "", "zz"][place % 6],
              box: PDFBox(left: place1(), top: place1(), right: place1(), bottom: place1()))
          })
      }
      var builder = PDFTextBuilder()
      builder.append(page)
      builder.finish()
      #expect(builder.pages.count == 1)
    }
  }
}
