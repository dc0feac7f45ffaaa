import Media
import Testing

@testable import Documents

/// Pictures in slides, texts, sheets and books, in files that public libraries wrote.
@Suite struct OfficePictureTests {
  private static func document(_ name: String) throws -> ExtractedDocument {
    try DocumentReader().read(path: DocumentFixture.path(name))
  }

  /// The colour in the middle of a picture.
  private static func colour(_ picture: ExtractedPicture, in name: String) throws -> [UInt8] {
    var bytes = PictureBytes(ofDocumentAt: DocumentFixture.path(name))
    let pixels = try InProcessPictureDecoder().decode(try bytes.read(picture))
    let middle = (pixels.height / 2 * pixels.width + pixels.width / 2) * 3
    return Array(pixels.pixels[middle..<middle + 3])
  }

  @Test func slidesShowTheirPicturesWithTheirAlternativeText() throws {
    let document = try Self.document("pictures.pptx")
    #expect(document.pictures.map(\.caption) == ["a red disc on the mast", ""])
    #expect(document.pictures.map(\.page) == [1, 2])
    // The red disc is on both slides, and is one picture.
    #expect(try Self.colour(document.pictures[0], in: "pictures.pptx") == [210, 30, 30])
    #expect(try Self.colour(document.pictures[1], in: "pictures.pptx") == [30, 60, 210])
    let pages = try #require(document.pages)
    #expect(zip(document.pictures, pages).allSatisfy { $0.byteOffset == $1.lowerBound })
    #expect(document.warnings == [])
  }

  /// The alternative text is the picture's, and not a part of the sentence around it.
  @Test func textsHaveTheAlternativeTextOrTheCaptionInTheBox() throws {
    let document = try Self.document("pictures.odt")
    #expect(
      document.text == "The signals\n\nA disc is shown at noon.\n\n"
        + "Figure 1: the blue disc at night\n\nIt is lit at dusk.")
    #expect(
      document.pictures.map(\.caption) == [
        "Signal. a red disc on the mast", "Figure 1: the blue disc at night",
      ])
    #expect(try Self.colour(document.pictures[0], in: "pictures.odt") == [210, 30, 30])
    #expect(try Self.colour(document.pictures[1], in: "pictures.odt") == [30, 60, 210])
  }

  @Test func openDocumentSlidesShowThemToo() throws {
    let document = try Self.document("pictures.odp")
    #expect(
      document.pictures.map(\.caption) == [
        "Signals. a disc of the slide Signals", "Lamps. a disc of the slide Lamps",
      ])
    #expect(document.pictures.map(\.page) == [1, 2])
    #expect(document.text == "Signals\n\nLamps")
    #expect(try Self.colour(document.pictures[1], in: "pictures.odp") == [20, 150, 40])
  }

  @Test func sheetsHaveTheirPictures() throws {
    let document = try Self.document("pictures.xlsx")
    #expect(document.pictures.map(\.caption) == ["the red disc in the sheet"])
    #expect(try Self.colour(document.pictures[0], in: "pictures.xlsx") == [210, 30, 30])
  }

  /// A missing file and a drawing are left out, and a picture of two chapters is taken once.
  @Test func booksHaveThePicturesOfTheirArchive() throws {
    let document = try Self.document("pictures.epub")
    #expect(document.pictures.map(\.caption) == ["a red disc. The disc of noon"])
    #expect(document.pictures.map(\.origin) == [.part(name: "EPUB/images/red disc.png")])
    #expect(try Self.colour(document.pictures[0], in: "pictures.epub") == [210, 30, 30])
    let place = document.pictures[0].byteOffset
    let before = DocumentFixture.slice(document, 0..<place)
    #expect(before.contains("Before it.") && !before.contains("After it."))
  }

  /// python-pptx writes `image.png` where it has no words, HTML editors the name of the file.
  @Test(arguments: [
    ("image.png", ""), ("IMG_0042.JPG", ""), ("two-lamps.jpg", "two lamps"),
    ("a lamp, see lamp.png", "a lamp, see lamp.png"), ("the quay", "the quay"), ("v2.0", "v2.0"),
  ])
  func aFileNameIsNoAlternativeText(text: String, caption: String) {
    #expect(FileNameWords.caption(text) == caption)
  }

  /// Beyond the limit pictures are left out, and a sentence says how many.
  @Test func aGalleryIsCutWithASentence() {
    let shown = (0..<PictureCollector.limit + 3).flatMap { number in
      // Each is shown twice.
      (0..<2).map { _ in ShownPicture(address: "\(number)", captions: [], byteOffset: number) }
    }
    let found = PictureCollector.pictures(shown) { .stored(.part(name: $0)) }
    #expect(found.pictures.count == PictureCollector.limit)
    #expect(found.warning == "the first 2000 pictures were taken; 3 more were left out")
    #expect(PictureCollector.pictures(Array(shown.prefix(9))) { _ in nil }.warning == nil)
  }
}
