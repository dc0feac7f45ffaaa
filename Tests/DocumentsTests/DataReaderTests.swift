import Testing

@testable import Documents

/// JSON, JSON Lines, notebooks and subtitles.
@Suite struct DataReaderTests {
  private func place(_ document: ExtractedDocument, of words: String) -> String? {
    guard let range = document.text.firstRange(of: words) else { return nil }
    let start = document.text.utf8.distance(from: document.text.startIndex, to: range.lowerBound)
    return document.placeWords(of: start..<start + words.utf8.count)
  }

  @Test func valuesHaveTheirPathAndLine() throws {
    let document = try DocumentFixture.read(
      """
      {
        "server": {"port": 8080, "names": ["north", "south"], "big": 12345678901234567890},
        "debug": false,
        "none": null,
        "people": [
          {"name": "Anna", "age": 5},
          {"name": "Ben", "pets": [{"kind": "cat"}]}
        ]
      }
      """, "a.json")
    #expect(
      document.text == """
        - server.port: 8080
        - server.names: north, south
        - server.big: 12345678901234567890
        - debug: false

        people

        name: Anna | age: 5

        name: Ben

        people[1].pets

        kind: cat
        """)
    #expect(place(document, of: "Anna") == "line 6")
    #expect(place(document, of: "8080") == "line 2")
  }

  @Test func aFileOfOneLineIsCitedByPath() throws {
    let document = try DocumentFixture.read(#"{"a":{"b":[{"c":"word"},{"c":"other"}]}}"#, "a.json")
    #expect(place(document, of: "other") == "a.b[1]")
  }

  @Test func linesAreRecords() throws {
    let text =
      "{\"q\": \"Who?\", \"a\": 1}\n\n{\"q\": \"Where?\", \"a\": 2}\nbroken\n{\"q\": \"Why?\"}\n"
    for name in ["a.jsonl", "a.json"] {
      let document = try DocumentFixture.read(text, name)
      #expect(document.text == "q: Who? | a: 1\n\nq: Where? | a: 2\n\nq: Why?")
      #expect(place(document, of: "Where") == "line 3")
      #expect(
        document.warnings == ["1 line(s) are not JSON and were left out, the first is line 4"])
    }
  }

  @Test func whatIsNotJSONIsReadAsText() throws {
    let document = try DocumentFixture.read("{name: 'Anna', // five\n}", "a.json")
    #expect(document.type == .json)
    #expect(document.text.contains("Anna"))
    #expect(document.warnings.first?.hasPrefix("it is not valid JSON") == true)
  }

  @Test func notebooksHaveCells() throws {
    let notebook = """
      {"cells": [
        {"cell_type": "markdown", "source": ["# Tides\\n", "\\n", "High water is at noon."]},
        {"cell_type": "code", "source": "print(2 + 3)", "outputs": [
          {"output_type": "stream", "text": ["5\\n"]},
          {"output_type": "display_data", "data": {"image/png": "AAAA", "text/plain": "<Figure>"}},
          {"output_type": "error", "ename": "ValueError", "evalue": "no tide"}]}
      ], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
      """
    let document = try DocumentFixture.read(notebook, "a.ipynb")
    #expect(
      document.text
        == "# Tides\n\nHigh water is at noon.\n\nprint(2 + 3)\n\nOutput: 5\n\nOutput: <Figure>\n\n"
        + "Error: ValueError: no tide")
    #expect(document.title == "Tides")
    #expect(place(document, of: "High water") == "cell 1")
    #expect(place(document, of: "no tide") == "cell 2")
    #expect(throws: DocumentError.self) { try DocumentFixture.read("{\"a\": 1}", "a.ipynb") }
  }

  @Test func cuesBecomeSentencesWithTimes() throws {
    let subtitles = """
      1
      00:00:01,000 --> 00:00:03,500
      The <i>ferry</i> leaves

      2
      00:00:03,600 --> 00:00:05,000
      at seven.

      3
      01:02:09,000 --> 01:02:11,000
      {\\an8}It is late.
      """
    let document = try DocumentFixture.read(subtitles, "a.srt")
    #expect(document.text == "The ferry leaves at seven.\n\nIt is late.")
    #expect(place(document, of: "at seven") == "00:00:03-00:00:05")
    #expect(place(document, of: "ferry leaves at seven") == "00:00:01-00:00:05")
    #expect(place(document, of: "late") == "01:02:09-01:02:11")
  }

  @Test func webVTTHasSpeakersAndNotes() throws {
    let subtitles = """
      WEBVTT

      NOTE nobody reads this

      00:01.000 --> 00:02.000 align:start
      <v Anna>Who is there &amp; why?

      00:02.100 --> 00:04.000
      <v Ben><c.loud>Only me.</c>
      """
    let document = try DocumentFixture.read(subtitles, "a.vtt")
    #expect(document.text == "Anna: Who is there & why?\n\nBen: Only me.")
  }
}
