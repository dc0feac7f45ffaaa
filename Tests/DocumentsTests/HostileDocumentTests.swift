import Testing

@testable import Documents

/// Any bytes give text or a typed error, and chunks that satisfy their guarantees.
struct HostileDocumentTests {
  static let names = ["a.txt", "a.md", "a.html"]

  static func expectTextOrError(_ bytes: [UInt8], _ name: String) {
    do throws(DocumentError) {
      let document = try DocumentReader().read(contents: bytes, path: name)
      let text = document.text.unicodeScalars
      let hasControls = text.contains {
        ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value)
      }
      if hasControls { Issue.record("a control character was left in \(name)") }
      for heading in document.headings where heading.byteRange.upperBound > document.text.utf8.count
      {
        Issue.record("a heading is outside of the text")
      }
      let chunks = Chunker(maximumTokenCount: 64, measure: ChunkerTests.words).chunks(of: document)
      if chunks.contains(where: { $0.tokenCount > 64 }) { Issue.record("a chunk is too large") }
    } catch {
      #expect(error.path == name && !error.reason.isEmpty)
    }
  }

  static let seedTexts = [
    "# Title\r\n\r\nText with é and 漢字. Another one!\r\n\r\n- item\r\n- item\r\n\r\n```\r\ncode\r\n```\r\n",
    "<!DOCTYPE html><html><head><title>T</title></head><body><h1>H</h1><ul><li>a<li>b</ul>"
      + "<table><tr><td>1<td>2</table><pre>x\n y</pre>&amp;&#150;<p hidden>z</body></html>",
    "Title\n=====\n\nMr. Smith left. He said \"Go.\" 「はい。」\u{1B}[31m\u{202E}\u{FEFF}end",
  ]

  @Test(arguments: seedTexts)
  func everyPrefixAndChangedByte(text: String) {
    let whole = Array(text.utf8)
    for name in Self.names {
      for end in 0...whole.count { Self.expectTextOrError(Array(whole[..<end]), name) }
      for place in whole.indices {
        for value: UInt8 in [0x00, 0xFF, whole[place] ^ 0x80] {
          var changed = whole
          changed[place] = value
          Self.expectTextOrError(changed, name)
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func randomBytes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let marks: [[UInt8]] = [
      [], [0xFF, 0xFE], [0xFE, 0xFF], [0xEF, 0xBB, 0xBF], [0, 0, 0xFE, 0xFF],
    ]
    for round in 0..<150 {
      let count = Int.random(in: 0...600, using: &random)
      let bytes = (0..<count).map { _ -> UInt8 in
        // Half of the rounds use text-like bytes, which pass the binary check.
        round.isMultiple(of: 2)
          ? UInt8.random(in: 0...255, using: &random)
          : [0x20, 0x0A, 0x3C, 0x3E, 0x26, 0x23, 0x41, 0x61, 0xC3, 0xA9, 0xE2, 0x2E].randomElement(
            using: &random) ?? 0
      }
      Self.expectTextOrError(marks[round % marks.count] + bytes, Self.names[round % 3])
    }
  }

  /// Bidi and tag characters are text: the command line removes them from what it prints.
  ///
  /// Escape sequences are not.
  @Test func poisonedTextLosesItsControls() throws {
    let poisoned = "Click\u{1B}]8;;http://x\u{7} here\u{202E}gpj\u{E0041}\u{9B}31m.\u{8}\u{0}end"
    // The zero byte is after the window in which it makes a file binary.
    let padding = String(repeating: "a line of text\n", count: 600)
    let document = try DocumentFixture.read(padding + poisoned, "a.txt")
    #expect(document.text.hasSuffix("Click]8;;http://x here\u{202E}gpj\u{E0041}31m.end"))
    #expect(document.removedControlCount == 5)
  }

  @Test(.timeLimit(.minutes(1))) func longLinesAndManyParagraphs() throws {
    let texts = [
      String(repeating: "a", count: 300_000), String(repeating: "\n", count: 200_000) + "x",
      String(repeating: "x\n\n", count: 30_000), String(repeating: "# h\n", count: 20_000),
      String(repeating: "| a ", count: 50_000), String(repeating: ".", count: 200_000),
      String(repeating: "é", count: 100_000), String(repeating: "e\u{301}", count: 50_000),
      "a" + String(repeating: "\u{301}", count: 50_000), String(repeating: "- ", count: 50_000),
      String(repeating: "漢字。", count: 30_000), String(repeating: "```\n", count: 30_000),
    ]
    for text in texts { Self.expectTextOrError(Array(text.utf8), "a.md") }
    for text in texts { Self.expectTextOrError(Array(text.utf8), "a.txt") }
  }

  /// Readers share no state: eight threads read all types concurrently.
  @Test func concurrentReadsAgree() async throws {
    let paths = try DocumentFinder().find([SampleLibraryTests.folder]).files.filter {
      try !DocumentReader().isRecording(path: $0)
        && (!$0.hasSuffix(".pdf") || PDFReaderTests.hasTool)
    }
    let expected = try paths.map { try DocumentReader().read(path: $0) }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { try paths.map { try DocumentReader().read(path: $0) } == expected }
      }
      for try await agrees in group { #expect(agrees) }
    }
  }
}
