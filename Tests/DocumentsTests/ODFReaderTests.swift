import Testing

@testable import Documents

/// OpenDocument texts and sheets, written with odfpy.
@Suite struct ODFReaderTests {
  @Test func textsHaveHeadingsListsTablesAndNotes() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("garden.odt"))
    #expect(document.type == .odt)
    #expect(
      document.text == """
        The garden book

        The garden opens at nine and closes at dusk.

        Roses

        Prune the roses in February, before the buds open.

        Note: Climbing roses are pruned after flowering.

        - North bed: foxgloves
        - South bed: lavender

        Plant: Foxglove | Height: 150 cm
        Plant: Lavender | Height: 60 cm
        """)
    #expect(document.headings.map(\.level) == [1, 2])
    #expect(document.title == "The garden book")
    #expect(document.warnings == ["left out: 2 words of hidden text"])
  }

  /// The last row is repeated a million times, as every program writes it.
  @Test func sheetsHaveRowsUnderTheirHeader() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("stock.ods"))
    #expect(
      document.text
        == "Stock\n\nPart: Wick | Shelf: B4 | Count: 120\nPart: Glass | Shelf: C2 | Count: 35")
    #expect(document.placeWords(of: 0..<document.text.utf8.count) == "sheet Stock, rows 1-3")
  }
}
