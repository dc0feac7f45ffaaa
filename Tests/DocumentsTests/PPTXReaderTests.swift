import Testing

@testable import Documents

/// PPTX and ODP: slides are pages with titles, texts, tables, charts and notes.
@Suite struct PPTXReaderTests {
  @Test func slidesAreReadInTheOrderOfTheShow() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("harbour.pptx"))
    #expect(document.type == .pptx)
    #expect(document.title == "Harbour plan")
    let pages = try #require(document.pages)
    #expect(
      pages.map { DocumentFixture.slice(document, $0).trimmedOfSpace } == [
        "The new harbour\n\nPlan of the council",
        "Timetable of the works\n\n- Dredging begins in March\n"
          + "  - The north basin is closed until June\n- The crane arrives in May\n\n"
          + "Notes: Say that the crane was bought second-hand for 80,000.",
        "Costs\n\nItem: Quay | 2026: 120 | 2027: 80\nItem: Crane | 2026: 75 | 2027: 5\n\n"
          + "Ships in harbour\n\nSpring | Ships: 31\nAutumn | Ships: 47",
        "Spare slide",
      ])
    #expect(document.warnings == ["slide 4 is hidden, and is read"])
  }

  @Test func passagesCiteTheirSlide() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("harbour.pptx"))
    let chunks = Chunker(maximumTokenCount: 400, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.map(\.place) == ["slide 1", "slide 2", "slide 3", "slide 4"])
    #expect(chunks.map(\.page) == [1, 2, 3, 4])
    #expect(chunks[1].heading == "Timetable of the works")
  }

  @Test func openDocumentSlidesAreReadToo() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("talk.odp"))
    let chunks = Chunker(maximumTokenCount: 400, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.map(\.place) == ["slide 1", "slide 2"])
    #expect(
      chunks.map(\.text) == [
        "Bees\n\nA hive has one queen.", "Honey\n\nHoney is harvested in July.",
      ])
  }
}
