import Testing

@testable import Documents

/// EPUB: chapters in reading order, with the names of the table of contents.
@Suite struct EPUBReaderTests {
  @Test func chaptersFollowTheSpine() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("voyage.epub"))
    #expect(document.type == .epub)
    #expect(document.title == "The Voyage")
    let chunks = Chunker(maximumTokenCount: 400, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.map(\.place) == ["chapter 'The Departure'", "chapter 'The Storm'"])
    #expect(chunks.map(\.heading) == ["The Departure", "The Storm"])
    #expect(
      chunks[1].text
        == "The Storm\n\nOn the third night the mast broke, and the cook was made captain.\n\n"
        + "The end of chapter 2.")
  }

  @Test func emptyElementsAreClosed() {
    let page = "<title/><a id='x/>y'/><br/><p class=\"a\">1 < 2</p><!-- <i/> --><img src='a'/>"
    #expect(
      String(decoding: XHTMLTags.withEndTags(Array(page.utf8)), as: UTF8.self)
        == "<title></title><a id='x/>y'></a><br/><p class=\"a\">1 < 2</p><!-- <i/> -->"
        + "<img src='a'/>")
  }

  @Test(arguments: [
    ("a.xhtml", "OEBPS/", "OEBPS/a.xhtml"), ("../a%20b.xhtml#c", "x/y/", "x/a b.xhtml"),
    ("/a", "x/", "a"), ("../../a", "x/", nil), ("100%.html", "", "100%.html"),
  ])
  func referencesAreResolved(reference: String, folder: String, part: String?) {
    #expect(PartPath.resolve(reference, against: folder) == part)
  }
}
