import Testing

@testable import Documents

/// Properties that hold for every text, and the shapes that chunks take on typical ones.
struct ChunkerTests {
  /// One token per word, another for every four letters after the first four, and two special
  /// tokens.
  static let words: @Sendable (String) -> Int = { text in
    2 + text.split(whereSeparator: \.isWhitespace).reduce(0) { $0 + ($1.utf8.count + 3) / 4 }
  }

  /// Like a tokenizer that ignores long words: one unknown token however long the word.
  static let unknownWords: @Sendable (String) -> Int = { text in
    2 + text.split(whereSeparator: \.isWhitespace).count
  }

  /// Not additive: a text has three tokens more than the sum of its parts.
  static let grudging: @Sendable (String) -> Int = { text in
    let spaces = text.utf8.count { $0 == 0x20 }
    return 2 + text.utf8.count / 5 + spaces * 2
  }

  static func randomText(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "word ", "another ", "Sentence ends. ", "Q? ", "\n", "\n\n", "# Heading\n\n", "## Sub\n",
      "### Third\n", "- item\n", "| a | b |\n", "1. step\n", "文字。", "漢字", "é", "👨‍👩‍👧‍👦", "\t",
      "averyveryverylongwordwithoutanyspace", "```\n", "Title\n=====\n", "   ", "x", "e\u{301}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...300, using: &random) {
      let piece = pieces.randomElement(using: &random) ?? ""
      text += String(repeating: piece, count: Int.random(in: 1...3, using: &random))
    }
    return text
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
  func coversAllTextWithinTheLimit(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for round in 0..<40 {
      let text = Self.randomText(&random)
      guard let document = try? DocumentFixture.read(text, "a.md") else { continue }
      let maximum = Int.random(in: 12...120, using: &random)
      let measure = [Self.words, Self.unknownWords, Self.grudging][round % 3]
      let chunker = Chunker(maximumTokenCount: maximum, measure: measure)
      let chunks = chunker.chunks(of: document)
      checkInvariants(chunks, of: document, maximum: maximum, measure: measure)
      #expect(chunks == chunker.chunks(of: document))
    }
  }

  func checkInvariants(
    _ chunks: [Chunk], of document: ExtractedDocument, maximum: Int,
    measure: (String) -> Int
  ) {
    let bytes = Array(document.text.utf8)
    var covered = 0
    for chunk in chunks {
      #expect(chunk.byteRange.lowerBound >= covered)
      // Only white space is allowed between chunks.
      let gap = bytes[covered..<chunk.byteRange.lowerBound]
      #expect(gap.allSatisfy(TextLayout.isSpace))
      covered = chunk.byteRange.upperBound
      #expect(chunk.text.utf8.elementsEqual(bytes[chunk.byteRange]))
      #expect(String(validating: bytes[chunk.byteRange], as: UTF8.self) != nil)
      #expect(!chunk.text.isEmpty && chunk.tokenCount == measure(chunk.text))
      #expect(chunk.tokenCount <= maximum)
      let before = bytes[..<chunk.byteRange.lowerBound].count { $0 == 0x0A }
      let inside = bytes[chunk.byteRange].count { $0 == 0x0A }
      #expect(chunk.lineRange == before + 1...before + 1 + inside)
    }
    #expect(bytes[covered...].allSatisfy(TextLayout.isSpace))
  }

  @Test func repeatsWholeSentencesWhenAskedTo() throws {
    let sentences = (1...60).map { "Sentence number \($0) says little." }
    let document = try DocumentFixture.read(sentences.joined(separator: " "), "a.txt")
    let chunker = Chunker(
      maximumTokenCount: 60, overlapTokenCount: 14, measure: Self.words)
    let chunks = chunker.chunks(of: document)
    #expect(chunks.count > 5)
    for (left, right) in zip(chunks, chunks.dropFirst()) {
      #expect(right.byteRange.lowerBound < left.byteRange.upperBound)
      #expect(right.byteRange.lowerBound > left.byteRange.lowerBound)
      #expect(right.text.hasPrefix("Sentence") && right.tokenCount <= 60)
    }
  }

  static let guide = """
    # Bicycle guide

    ## Tyres

    \(String(repeating: "Check the pressure of both tyres every week. ", count: 12))

    ## Brakes

    Pads wear out.

    ## Chain

    \(String(repeating: "Oil the chain after every ride in the rain. ", count: 30))
    """

  @Test func respectsSectionsAndNeverEndsInAHeading() throws {
    let document = try DocumentFixture.read(Self.guide, "guide.md")
    let chunks = Chunker(maximumTokenCount: 256, measure: Self.words).chunks(of: document)
    for chunk in chunks {
      let last = chunk.text.split(separator: "\n").last ?? ""
      #expect(!last.hasPrefix("#"))
      // The long sections stay separate; the short one may join a neighbour.
      #expect(!(chunk.text.contains("pressure") && chunk.text.contains("Oil")))
    }
    #expect(chunks.first?.text.hasPrefix("# Bicycle guide") == true)
    #expect(chunks.first?.heading == "Bicycle guide > Tyres")
    #expect(chunks.last?.heading == "Bicycle guide > Chain")
    let chain = chunks.filter { $0.heading == "Bicycle guide > Chain" }
    // Balanced sizes, not one full chunk and a small remainder.
    #expect(chain.count == 2 && abs(chain[0].tokenCount - chain[1].tokenCount) < 80)
  }

  @Test func mergesTinySectionsAndSeparatesLargerOnes() throws {
    func sections(_ words: Int) throws -> Int {
      let body = String(repeating: "word ", count: words)
      let text = (1...4).map { "## Part \($0)\n\n\(body)\n" }.joined(separator: "\n")
      let document = try DocumentFixture.read(text, "a.md")
      return Chunker(maximumTokenCount: 256, measure: Self.words).chunks(of: document).count
    }
    #expect(try sections(10) == 1)
    // Two of these would fit into one chunk; the cost of crossing a heading keeps them separate.
    #expect(try sections(80) == 4)
    #expect(try sections(120) == 4)
  }

  @Test func keepsPagesApart() throws {
    let text = "First page.\n\nSecond page. It has two sentences.\n\nFourth."
    let pages = [0..<11, 13..<47, 49..<49, 49..<56]
    let document = ExtractedDocument(type: .pdf, text: text, pages: pages)
    let chunks = Chunker(maximumTokenCount: 256, measure: Self.words).chunks(of: document)
    #expect(chunks.map(\.page) == [1, 2, 4])
    #expect(chunks.map(\.text).last == "Fourth.")
    #expect(document.page(at: 0) == 1 && document.page(at: 46) == 2)
    #expect(document.page(at: 49) == 4)
  }

  @Test func cutsOverlongSentencesAndWords() throws {
    let sentence = String(repeating: "letters and more ", count: 400)
    let word = String(repeating: "x", count: 20_000)
    let document = try DocumentFixture.read(sentence + "\n\n" + word, "a.txt")
    let chunks = Chunker(maximumTokenCount: 64, measure: Self.unknownWords).chunks(of: document)
    checkInvariants(chunks, of: document, maximum: 64, measure: Self.unknownWords)
    for chunk in chunks where chunk.text.contains("letters") {
      // Words are not split.
      #expect(
        Set(chunk.text.split(whereSeparator: \.isWhitespace)).isSubset(
          of: ["letters", "and", "more", Substring(word)]) || chunk.text.contains("xx"))
    }
    // The byte cap: 62 tokens of 16 bytes.
    #expect(chunks.allSatisfy { $0.text.utf8.count <= 62 * ChunkPlan.maximumBytesPerToken })
  }

  @Test func linesOfPoemsListsAndTablesAreUnits() {
    let text =
      "Roses are red,\nViolets are blue,\nand a much longer line to set the width of it\nEnd"
    let bytes = Array(text.utf8)
    var lines: [TextLayout.Line] = []
    var start = 0
    for line in text.split(separator: "\n") {
      lines.append(TextLayout.Line(range: start..<start + line.utf8.count, width: line.count))
      start += line.utf8.count + 1
    }
    #expect(TextLayout.segments(of: lines, in: bytes).count >= 3)
    let wrapped = Array("some words that fill a line\nand go on until the width\nis used.".utf8)
    let wrappedLines = [0..<27, 28..<53, 54..<62].map {
      TextLayout.Line(range: $0, width: $0.count)
    }
    #expect(TextLayout.segments(of: wrappedLines, in: wrapped).count == 1)
  }

  @Test func identityNamesTheParameters() {
    let first = Chunker(maximumTokenCount: 256, measure: Self.words)
    let second = Chunker(maximumTokenCount: 256, overlapTokenCount: 16, measure: Self.words)
    #expect(first.identity == "chunks-2 maximum=256 target=200 overlap=0")
    #expect(first.identity != second.identity)
  }

  /// A megabyte is cut in well under a second; a quadratic step would need minutes.
  @Test(.timeLimit(.minutes(1))) func largeTextsTakeLinearTime() throws {
    let line = "A line of a large file with several words, and a full stop. "
    let text = String(repeating: line, count: 20_000)
    let document = try DocumentFixture.read(text, "a.txt")
    let chunks = Chunker(maximumTokenCount: 256, measure: Self.words).chunks(of: document)
    #expect(chunks.count > 1_000)
    let dense = String(repeating: "x", count: 1_000_000)
    let blob = try DocumentFixture.read(dense, "a.txt")
    #expect(Chunker(maximumTokenCount: 256, measure: Self.words).chunks(of: blob).count > 200)
  }
}
