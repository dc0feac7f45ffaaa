import Testing

@testable import Documents

/// A chunk cut from a long table repeats its header row.
struct TableHeaderTests {
  static let rows = (1...60).map { "Boat \($0) | 4\($0) crowns | pier \($0)" }

  func chunks(_ text: String, _ name: String) throws -> (ExtractedDocument, [Chunk]) {
    let document = try DocumentFixture.read(text, name)
    let chunker = Chunker(maximumTokenCount: 120, measure: ChunkerTests.words)
    return (document, chunker.chunks(of: document))
  }

  @Test(arguments: ["a.html", "a.md", "a.txt"])
  func everyChunkOfATableNamesItsColumns(name: String) throws {
    let text: String
    switch name {
    case "a.html":
      text =
        "<html><p>Fares.</p><table><tr><th>Boat<th>Fare<th>Pier"
        + Self.rows.map { "<tr><td>" + $0.replacing(" | ", with: "<td>") }.joined()
        + "</table><p>After the table.</p>"
    case "a.md":
      text =
        "Fares.\n\n| Boat | Fare | Pier |\n| --- | --- | --- |\n"
        + Self.rows.map { "| \($0) |\n" }.joined() + "\nAfter the table.\n"
    default:
      text =
        "Fares.\n\nBoat | Fare | Pier\n" + Self.rows.joined(separator: "\n") + "\n\nAfter it.\n"
    }
    let (document, chunks) = try chunks(text, name)
    let header = name == "a.md" ? "| Boat | Fare | Pier |" : "Boat | Fare | Pier"
    #expect(chunks.count > 5)
    for chunk in chunks {
      let own = DocumentFixture.slice(document, chunk.byteRange)
      #expect(chunk.tokenCount == ChunkerTests.words(chunk.text) && chunk.tokenCount <= 120)
      if own.contains("Boat ") && !own.contains(header) {
        #expect(chunk.text == header + "\n" + own)
      } else {
        #expect(chunk.text == own)
      }
    }
    #expect(chunks.count { $0.text.hasPrefix(header + "\n") } > 3)
  }

  @Test func aTableWithoutAHeaderRepeatsNothing() throws {
    let rows = (1...60).map { "Room \($0) | 4\($0) crowns | \($0)\n" }.joined()
    for (text, name) in [(rows, "a.txt"), ("if a | b\n" + rows, "a.txt")] {
      let (document, chunks) = try chunks(text, name)
      for chunk in chunks {
        #expect(chunk.text == DocumentFixture.slice(document, chunk.byteRange))
      }
    }
  }

  @Test func repeatedCellsCannotMultiplyTheText() throws {
    let cell = "<td rowspan=65534 colspan=1000>" + String(repeating: "x", count: 150)
    let page = "<html><table><tr>\(cell)" + String(repeating: "<tr><td>y", count: 20_000)
    let document = try DocumentFixture.read(page, "a.html")
    #expect(document.text.utf8.count < 3 * page.utf8.count)
  }
}
