import Documents
import Testing

/// Passages of transcripts: whole parts, cut at pauses and ends of sentences, with their times.
@Suite struct TranscriptChunkerTests {
  /// A token for each word, and two special ones.
  private func chunker(_ maximum: Int, target: Int) -> TranscriptChunker {
    TranscriptChunker(
      chunker: Chunker(maximumTokenCount: maximum, targetTokenCount: target) {
        2 + $0.split(whereSeparator: \.isWhitespace).count
      })
  }

  private func part(_ start: Int, _ end: Int, _ text: String) -> TranscriptPart {
    TranscriptPart(startMilliseconds: start, endMilliseconds: end, text: text)
  }

  @Test func aShortTranscriptIsOnePassage() throws {
    let chunks = chunker(256, target: 200).chunks(of: [
      part(1_500, 4_000, "The ferry leaves at seven."), part(4_000, 6_250, "Bring a coat."),
    ])
    let chunk = try #require(chunks.first)
    #expect(chunks.count == 1 && chunk.text == "The ferry leaves at seven. Bring a coat.")
    #expect(chunk.modality == .sound && chunk.millisecondRange == 1_500..<6_250)
    #expect(chunk.byteRange == 0..<40 && chunk.lineRange == 1...1 && chunk.tokenCount == 10)
  }

  @Test func passagesEndWhereSentencesEnd() {
    // Parts break in the middle of sentences, as Whisper's do.
    let parts = (0..<12).map { index in
      part(index * 1_000, (index + 1) * 1_000, index % 3 == 2 ? "to the end." : "and so on we")
    }
    let chunks = chunker(32, target: 22).chunks(of: parts)
    #expect(chunks.count == 2)
    #expect(chunks.allSatisfy { $0.text.hasSuffix("end.") })
    #expect(chunks.map(\.millisecondRange) == [0..<6_000, 6_000..<12_000])
  }

  @Test func aPauseIsABetterPlaceThanASentence() {
    let texts = ["One two three.", "Four five six.", "Seven eight nine."]
    func cut(pauseAfter index: Int) -> [String] {
      let parts = texts.enumerated().map { number, text in
        let start = number * 1_000 + (number > index ? 5_000 : 0)
        return part(start, start + 1_000, text)
      }
      return chunker(8, target: 8).chunks(of: parts).map(\.text)
    }
    // Two parts fit, so the three are cut once, and the pause decides where.
    #expect(cut(pauseAfter: 0) == ["One two three.", "Four five six. Seven eight nine."])
    #expect(cut(pauseAfter: 1) == ["One two three. Four five six.", "Seven eight nine."])
  }

  @Test func aPauseInsideAPassageIsAnEmptyLine() {
    let chunks = chunker(256, target: 200).chunks(of: [
      part(0, 1_000, "Before."), part(9_000, 9_500, "After."),
    ])
    #expect(chunks.map(\.text) == ["Before.\n\nAfter."])
    #expect(chunks.first?.lineRange == 1...3 && chunks.first?.millisecondRange == 0..<9_500)
  }

  @Test func aPartThatIsTooLongIsDividedWithItsTime() throws {
    let words = (0..<40).map { "word\($0)" }
    let chunks = chunker(12, target: 10).chunks(of: [
      part(10_000, 50_000, words.joined(separator: " "))
    ])
    #expect(chunks.count >= 4 && chunks.allSatisfy { $0.tokenCount <= 12 })
    #expect(chunks.map(\.text).joined(separator: " ") == words.joined(separator: " "))
    var last = 10_000
    for chunk in chunks {
      let range = try #require(chunk.millisecondRange)
      #expect(range.lowerBound == last && !range.isEmpty)
      last = range.upperBound
    }
    #expect(last == 50_000)
  }

  @Test func aPieceOfTheTextHasTheTimeOfItsParts() {
    let text = TranscriptText([
      part(0, 900, "Hello."), part(1_000, 3_000, "The ferry leaves"),
      part(3_000, 4_000, "at seven."),
    ])
    // "Hello. The ferry leaves at seven."
    #expect(text.milliseconds(of: "Hello.", at: 0) == 0..<900)
    #expect(text.milliseconds(of: "The ferry leaves at seven.", at: 7) == 1_000..<4_000)
    #expect(text.milliseconds(of: "ferry", at: 11) == 1_000..<3_000)
    for (piece, offset) in [
      ("ferry", 0), ("ferry", -1), ("seven.", Int.max), ("seven. And more", 27), ("", 0),
    ] {
      #expect(text.milliseconds(of: piece, at: offset) == nil)
    }
  }

  @Test func timesThatRunBackwardsDoNotTrap() {
    let chunks = chunker(256, target: 200).chunks(of: [
      part(5_000, 4_000, "One."), part(1_000, 500, "Two."),
    ])
    #expect(chunks.map(\.text) == ["One. Two."])
    #expect(chunks.first?.millisecondRange?.lowerBound == 5_000)
    #expect(chunker(256, target: 200).chunks(of: []).isEmpty)
  }
}
