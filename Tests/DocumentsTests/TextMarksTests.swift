import Testing

@testable import Documents

/// Marks of quotations and encoded data are left out; the rest keeps its lines and bytes.
struct TextMarksTests {
  @Test func aBlockQuoteIsAParagraph() throws {
    let source = """
      Before.

      > Note: a guest who takes the key of the hut leaves a deposit of
      > 30 crowns at the kiosk.
      > > It was 20 crowns
      >> last year.
      >
      > - an item

      ```
      > echo kept
      ```
          > indented code
      """
    let document = try DocumentFixture.read(source, "hut.md")
    #expect(
      document.text == """
        Before.

        Note: a guest who takes the key of the hut leaves a deposit of
        30 crowns at the kiosk.
        It was 20 crowns
        last year.

        - an item

        ```
        > echo kept
        ```
            > indented code
        """)
    // The place in the file is that of the words.
    let bytes = Array(source.utf8)
    let start = try #require(document.text.firstRange(of: "30 crowns"))
    let offset = document.text[..<start.lowerBound].utf8.count
    let range = try #require(document.sourceByteRange(of: offset..<offset + 9))
    #expect(bytes[range].elementsEqual("30 crowns".utf8))
    #expect(document.text.count { $0 == "\n" } == source.count { $0 == "\n" })
  }

  @Test func quotedMailAndPrompts() throws {
    let mail = "Odd wrote:\n> The lamp is\n> number 9.\n>> Which one?\n\nThanks."
    #expect(
      try DocumentFixture.read(mail, "a.txt").text
        == "Odd wrote:\nThe lamp is\nnumber 9.\nWhich one?\n\nThanks.")
    for kept in ["> alone\n", ">>> print(1)\n>>> print(2)\n", "a > b\nc > d\n", "x\n> y\nz\n"] {
      #expect(try DocumentFixture.read(kept, "a.txt").text == kept)
    }
  }

  static let picture = String(repeating: "iVBORw0KGgo9aB7+zQ/x", count: 40)

  @Test func encodedPicturesAreLeftOut() throws {
    let source = """
      The lamp: ![lamp](data:image/png;base64,\(Self.picture)) is tall.
      <img src="data:image/svg+xml,%3Csvg%20width='1'\(Self.picture)" alt="b">
      ![r][r]

      [r]: data:image/gif;base64,\(Self.picture)
      """
    let document = try DocumentFixture.read(source, "note.md")
    #expect(
      document.text == """
        The lamp: ![lamp]() is tall.
        <img src="" alt="b">
        ![r][r]

        [r]:
        """ + " ")
    #expect(document.warnings.count == 1 && document.warnings[0].contains("encoded data"))
    let last = document.text.utf8.count - 5
    let place = document.sourceByteRange(of: last..<last + 3)
    let range = try #require(place)
    #expect(Array(source.utf8)[range].elementsEqual("[r]".utf8))
  }

  @Test func blocksOfBase64AreLeftOut() throws {
    let line = String(Self.picture.prefix(64))
    let block = [line, line, line, "Zm9v="].joined(separator: "\n")
    let source = "-----BEGIN X-----\n\(block)\n-----END X-----\nWords."
    #expect(
      try DocumentFixture.read(source, "a.txt").text
        == "-----BEGIN X-----\n\n\n\n\n-----END X-----\nWords.")
  }

  @Test func wordsAndAddressesStay() throws {
    for text in [
      "see https://example.org/" + String(repeating: "long-path-with-words/", count: 20),
      String(repeating: "0", count: 300), String(repeating: "-", count: 300),
      String(repeating: "Donaudampfschifffahrt", count: 12),
      "data: 3, 4 and 5", "the data:image/png;base64,AAAA form",
      [String](repeating: String(repeating: "=", count: 70), count: 4).joined(separator: "\n"),
    ] {
      #expect(try DocumentFixture.read(text, "a.md").text == text)
    }
  }

  @Test func placesMoveWithTheMarks() {
    let marks = TextMarks(Array("> a\n> b".utf8), isMarkdown: true)
    #expect(marks.ranges == [0..<2, 4..<6])
    #expect([0, 1, 2, 3, 4, 6, 7].map { marks.offset(of: $0) } == [0, 0, 0, 1, 2, 2, 3])
  }

  @Test func placesMoveByTheMarksBeforeThem() {
    let marks = TextMarks(Array("> a\n> b\nc".utf8), isMarkdown: true)
    #expect(marks.ranges == [0..<2, 4..<6])
    #expect((0...9).map { marks.offset(of: $0) } == [0, 0, 0, 1, 2, 2, 2, 3, 4, 5])
  }

  @Test func aSortedSearchFindsTheFirstPlace() {
    for count in 0..<20 {
      let numbers = Array(10..<10 + count)
      for wanted in 8..<34 {
        #expect(
          numbers[...].dropFirst(count / 3).sortedIndex { $0 >= wanted }
            == min(max(wanted - 10, count / 3), count))
      }
    }
  }
}
