import Bytes
import Testing

@testable import Documents

/// Pictures in Markdown, HTML and DOCX: which are found, with which captions.
@Suite struct PictureReferenceTests {
  /// A 1 x 1 GIF.
  static let gif = "R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs="

  private func pictures(
    _ text: String, name: String, files: [String] = ["cat.jpg", "my cat.png", "b/dog.gif"]
  ) throws -> [ExtractedPicture] {
    try DocumentFixture.withFolder { folder in
      Paths.makeFolders(folder + "/b")
      for file in files { try DocumentFixture.write([1, 2, 3], to: folder + "/" + file) }
      try DocumentFixture.write(Array(text.utf8), to: folder + "/" + name)
      let root = try #require(Paths.canonical(folder))
      return try DocumentReader().read(path: folder + "/" + name).pictures.map { picture in
        guard case .linked(let path) = picture.origin else { return picture }
        // Paths below the folder are compared without it.
        return ExtractedPicture(
          origin: .linked(path: String(path.dropFirst(root.count + 1))), caption: picture.caption,
          byteOffset: picture.byteOffset, inlineBytes: picture.inlineBytes)
      }
    }
  }

  @Test func aFenceEndsOnlyWithALineOfItsMark() throws {
    let text = "````\n```\n![inside](cat.jpg)\n~~~~\n````\n![outside](my%20cat.png)\n"
    let found = try pictures(text, name: "a.md")
    #expect(found.map(\.caption) == ["outside"])
  }

  /// Each of these lines took time in the square of its length.
  @Test(arguments: ["![", "<", "<img ", "![a]", "[", "`"])
  func aLongLineOfMarksTakesLittleTime(mark: String) {
    let text = String(repeating: mark, count: 1_000_000 / mark.utf8.count)
    var finder = MarkdownPictures(Array(text.utf8))
    let duration = ContinuousClock().measure { #expect(finder.find().isEmpty) }
    // A build without optimisation takes up to 3 s on a busy machine; the square took minutes.
    #expect(duration < .seconds(20))
  }

  @Test func markdownPicturesHaveAlternativeTextAndTitle() throws {
    let text = """
      # Pets

      Before ![a cat](cat.jpg "Minka, 2019") and ![](<my cat.png>).

      ![dog][d] ![d][] ![d]

      [d]: b/dog.gif 'The dog'
      """
    let found = try pictures(text, name: "pets.md")
    #expect(
      found.map(\.origin) == [
        .linked(path: "cat.jpg"), .linked(path: "my cat.png"), .linked(path: "b/dog.gif"),
      ])
    #expect(found.map(\.caption) == ["a cat. Minka, 2019", "", "dog. The dog"])
    #expect(found[0].byteOffset == 15)
  }

  @Test func codeRemoteAndMissingPicturesAreNotTaken() throws {
    let text = """
      `![a](cat.jpg)` \\![a](cat.jpg) ![x](https://example.org/cat.jpg) ![x](//h/cat.jpg)
      ![y](/cat.jpg) ![z](missing.jpg) ![v](drawing.svg) ![f](b) ![](

      ```
      ![a](cat.jpg)
      ```
      """
    #expect(try pictures(text, name: "a.md", files: ["cat.jpg", "drawing.svg"]) == [])
  }

  @Test func escapedAndQuotedAddressesAreDecoded() throws {
    let found = try pictures(
      "![a](my%20cat.png) <img alt='b' src=\"b/dog.gif?size=2#top\" title=\"T\"> ![c](../x/cat.jpg)",
      name: "a.md")
    #expect(found.map(\.caption) == ["a", "b. T"])
    #expect(found.map(\.origin) == [.linked(path: "my cat.png"), .linked(path: "b/dog.gif")])
  }

  @Test func htmlPicturesHaveTheCaptionOfTheirFigure() throws {
    let text = """
      <!doctype html><h1>Pets</h1><p>One.
      <figure><img src="cat.jpg" alt="a cat"><figcaption>On the <b>sofa</b></figcaption></figure>
      <figure><figcaption>The dog</figcaption><img src="b/dog.gif"></figure>
      <p><img src="data:image/gif;base64,\(Self.gif)" alt="dot"> <img alt="none">
      <div hidden><img src="my%20cat.png"></div>
      """
    let found = try pictures(text, name: "pets.html")
    #expect(found.map(\.caption) == ["a cat. On the sofa", "The dog", "dot"])
    #expect(
      found.map(\.origin) == [
        .linked(path: "cat.jpg"), .linked(path: "b/dog.gif"), .inline(number: 1),
      ])
    #expect(found[2].inlineBytes?.prefix(6) == ArraySlice("GIF89a".utf8))
    #expect(found[2].inlineBytes?.count == 35)
  }

  @Test func docxPicturesHaveTheirDescriptionAndCaptionParagraph() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("pictures.docx"))
    #expect(
      document.pictures.map(\.origin) == [
        .part(name: "word/media/image1.png"), .part(name: "word/media/image2.jpeg"),
      ])
    #expect(
      document.pictures.map(\.caption) == [
        "a red square. Figure 1: the square in the yard", "Figure 2: two discs",
      ])
    var reader = PictureBytes(ofDocumentAt: DocumentFixture.path("pictures.docx"))
    let bytes = try reader.read(document.pictures[0])
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let text = Array(document.text.utf8)
    #expect(
      String(decoding: text[..<document.pictures[0].byteOffset], as: UTF8.self)
        .hasSuffix("Before the picture."))
  }

  @Test(arguments: [
    ("photos/cat-on_keyboard2.jpg", "cat on keyboard"), ("IMG_20190601_123000.jpg", ""),
    ("DSC04711.JPG", ""), ("sunsetOverBerlin.png", "sunset Over Berlin"),
    ("3f2504e0-4f89-11d3-9a0c-0305e82c3301.png", ""), ("Überfahrt.webp", "Überfahrt"),
    ("facade_decade.jpg", "facade decade"), ("whatsapp image 2020.jpg", ""),
    ("holiday/DSC_0042 (Kopie).JPG", ""),
  ])
  func fileNamesBecomeWords(path: String, words: String) {
    #expect(FileNameWords.words(of: path) == words)
  }

  @Test(arguments: [
    PictureOrigin.file, .linked(path: "/a:b/c.jpg"), .part(name: "word/media/a.png"),
    .inline(number: 3), .page(number: 12),
  ])
  func originsKeepTheirTextForm(origin: PictureOrigin) {
    #expect(PictureOrigin(rawValue: origin.rawValue) == origin)
  }

  @Test func textsThatAreNoOriginAreRefused() {
    for text in ["", "files", "page:", "page:x", "inline", "other:1"] {
      #expect(PictureOrigin(rawValue: text) == nil)
    }
  }

  @Test func base64IsDecodedLeniently() {
    #expect(Base64.decode("aGVsbG8=") == Array("hello".utf8))
    #expect(Base64.decode("aGVs\n bG8") == Array("hello".utf8))
    #expect(Base64.decode("aGVsb*8=") == nil)
    #expect(Base64.decode("a") == nil)
    #expect(Base64.decode("") == [])
  }
}
