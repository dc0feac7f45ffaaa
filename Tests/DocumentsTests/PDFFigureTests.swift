import Bytes
import Media
import Testing

@testable import Documents

/// Photographs, charts and diagrams on pages of a PDF that have text.
@Suite struct PDFFigureTests {
  static let hasTools = ChildProcess.find("pdftotext") != nil && PDFPagePicture.isAvailable
  private static let fixture = DocumentFixture.path("figures.pdf")

  /// The fixture has also an icon, rules, a table, a frame and a panel of colour around text, and the
  /// logo of page 5 again on page 6.
  @Test(.enabled(if: hasTools, "poppler-utils is not installed"))
  func figuresAreFoundWithTheirCaptions() throws {
    let document = try DocumentReader().read(path: Self.fixture)
    #expect(document.pictures.map(\.page) == [1, 2, 3, 3, 5, 6])
    #expect(
      document.pictures.map(\.caption) == [
        "Figure 1: Two yellow lamps on the quay at night, seen from the water.",
        "Fig. 2. The parts of the bilge pump.", "The red buoy off the northern wall", "", "", "",
      ])
    #expect(document.warnings == [])
    let pages = try #require(document.pages)
    #expect(
      document.pictures.allSatisfy { pages[($0.page ?? 0) - 1].lowerBound == $0.byteOffset })
    // Of the labels in the diagram and at the axes, the words are known.
    #expect(document.pictures.map(\.hasKnownWords) == [false, true, false, false, false, false])
  }

  /// Pictures of four components with inverted colours, and with a soft mask, are drawn right.
  @Test(.enabled(if: hasTools, "poppler-utils is not installed"))
  func figuresAreDrawnInTheirColours() throws {
    let document = try DocumentReader().read(path: Self.fixture)
    try #require(document.pictures.count == 6)
    var bytes = PictureBytes(ofDocumentAt: Self.fixture)
    func pixels(_ index: Int) throws -> Picture {
      try InProcessPictureDecoder().decode(try bytes.read(document.pictures[index]))
    }
    let buoy = try pixels(2)
    let red = buoy.colour(atShare: 0.5, 0.5)
    #expect(red[0] > 150 && red[1] < 90 && red[2] < 90)
    let oval = try pixels(3)
    #expect(oval.colour(atShare: 0.03, 0.03) == [255, 255, 255])
    #expect(oval.colour(atShare: 0.5, 0.5).allSatisfy { $0 > 220 })
    let green = oval.colour(atShare: 0.5, 0.12)
    #expect(green[1] > green[0] + 30)
    // 300 × 200 points of a page of 842 points that is 2,200 pixels high, and the cells around it.
    #expect(abs(buoy.width - 784) < 60 && abs(buoy.height - 523) < 60)
  }

  @Test(.enabled(if: hasTools, "poppler-utils is not installed"))
  func moreFiguresThanTheLimitAreSaid() throws {
    let words = try Self.words()
    let reader = PDFFigureReader(
      path: Self.fixture, limits: DocumentLimits(), words: words, pageCount: 40)
    let result = reader.read(pages: words.indices.map { $0..<$0 + 1 }, limit: 2)
    #expect(result.pictures.map(\.page) == [1, 2])
    #expect(
      result.warnings == [
        "the first 2 pictures were taken, up to page 3; split the file to have the others",
        "pictures were looked for on the first 6 of 40 pages; split the file to have all of them",
      ])
  }

  /// A file that poppler cannot draw costs a sentence and not the text.
  @Test(.enabled(if: hasTools, "poppler-utils is not installed"))
  func pagesThatCannotBeDrawnAreSaid() throws {
    let words = try Self.words()
    let path = DocumentFixture.path("locked.pdf")
    let reader = PDFFigureReader(path: path, limits: DocumentLimits(), words: words, pageCount: 6)
    let result = reader.read(pages: words.indices.map { $0..<$0 + 1 }, limit: 9)
    #expect(result.pictures.isEmpty)
    #expect(result.warnings.count == 1)
    #expect(result.warnings[0].hasPrefix("pictures from page 1 on were not looked for: "))
  }

  private static func words() throws -> [PDFPageWords] {
    var table = PDFWordTable()
    let limits = DocumentLimits()
    let result = try PopplerProgram(name: "pdftotext", path: fixture, limits: limits).run(
      ["-tsv", fixture, "-"], outputByteCount: 1 << 20, tooLarge: .empty(path: fixture))
    table.append(result.output[...])
    table.finish()
    return table.takePages().map(PDFPageWords.init)
  }

  // MARK: Captions

  @Test(arguments: [
    "Figure 3: the pump", "FIGURE 12", "Fig. 2.1 Valves", "Fig.4", "Figure A1. Views", "Abb. IV",
    "Abbildung 3 zeigt", "Рис. 7", "图1 泵", "図 2 ポンプ", "Photo 5: the crew", "Figura 3.",
  ])
  func captionsBeginWithALabelAndANumber(line: String) {
    #expect(PDFCaption.begins(line))
  }

  @Test(arguments: [
    "Figures of speech", "The figure 3", "Table 1: prices", "Fig leaves", "Figure", "photo album",
    "3 figures", "", "Image processing is", "Map of the harbour",
  ])
  func otherLinesBeginNone(line: String) {
    #expect(!PDFCaption.begins(line))
  }

  @Test func captionsOfTablesAreKnown() {
    #expect(PDFCaption.beginsTable("Table 2. Prices") && PDFCaption.beginsTable("Tabelle 4"))
    #expect(!PDFCaption.beginsTable("Tables are set") && !PDFCaption.beginsTable("Figure 1"))
  }

  // MARK: Origins

  @Test func originsHaveATextForm() {
    let region = PictureRegion(x: 20, y: 0, width: 300, height: 41)
    let origin = PictureOrigin.figure(page: 12, region: region)
    #expect(origin.rawValue == "figure:12:20,0,300,41")
    #expect(PictureOrigin(rawValue: origin.rawValue) == origin)
  }

  @Test(arguments: [
    "figure:", "figure:1", "figure:1:2,3,4", "figure:1:2,3,4,5,6", "figure:x:1,2,3,4",
    "figure:1:2,3,,5", "figure:1:1:2,3,4,5", "figure:1:2,3,4,99999999999999999999",
  ])
  func otherTextsAreNoFigures(text: String) {
    #expect(PictureOrigin(rawValue: text) == nil)
  }

  // MARK: Drawn pages

  /// The output arrives in pieces of any size.
  @Test(arguments: [1, 3, 7, 1_000])
  func pagesAreTakenFromPieces(pieceByteCount: Int) {
    let output =
      Array("P5\n2 3\n255\n".utf8) + [1, 2, 3, 4, 5, 10] + Array("P5 1 1 255\n".utf8) + [9]
    var stream = GrayPageStream()
    var pages: [GrayPage] = []
    for start in stride(from: 0, to: output.count, by: pieceByteCount) {
      pages += stream.append(output[start..<min(output.count, start + pieceByteCount)])
    }
    #expect(
      pages == [
        GrayPage(width: 2, height: 3, pixels: [1, 2, 3, 4, 5, 10]),
        GrayPage(width: 1, height: 1, pixels: [9]),
      ])
    #expect(!stream.isDamaged)
  }

  @Test(arguments: [
    "P6\n2 2\n255\n", "P5\n99999 2\n255\n", "P5\n0 2\n255\n", "%PDF-1.4 and more of it, no header",
  ])
  func otherOutputIsDamaged(output: String) {
    var stream = GrayPageStream()
    #expect(stream.append(Array(output.utf8)[...]).isEmpty)
    #expect(stream.isDamaged)
    #expect(stream.append(Array("P5\n1 1\n255\n0".utf8)[...]).isEmpty)
  }
}

extension Picture {
  /// The colour at a share of the width and of the height.
  fileprivate func colour(atShare x: Double, _ y: Double) -> [UInt8] {
    let start = (Int(y * Double(height)) * width + Int(x * Double(width))) * 3
    return Array(pixels[start..<start + 3])
  }
}
