import Testing

@testable import Documents

/// The table of tesseract becomes text with positions.
@Suite struct TesseractTableTests {
  private func row(
    _ block: Int, _ paragraph: Int, _ line: Int, _ word: String, at x: Int, _ y: Int,
    confidence: Double = 95
  ) -> String {
    "5\t1\t\(block)\t\(paragraph)\t\(line)\t1\t\(x)\t\(y)\t40\t12\t\(confidence)\t\(word)"
  }

  private func read(_ rows: [String]) -> RecognizedText {
    let header = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\t"
    return TesseractTable.read(
      Array(([header + "height\tconf\ttext"] + rows).joined(separator: "\n").utf8))
  }

  @Test func linesAndParagraphsAreKept() {
    let text = read([
      "4\t1\t1\t1\t1\t0\t10\t20\t90\t12\t-1\t", row(1, 1, 1, "Open", at: 10, 20),
      row(1, 1, 1, "daily", at: 60, 20), row(1, 1, 2, "until nine", at: 10, 40),
      row(2, 1, 1, "Café", at: 10, 90),
    ])
    #expect(text.text == "Open daily\nuntil nine\n\nCafé")
    #expect(text.words.map(\.byteRange) == [0..<4, 5..<10, 11..<21, 23..<28])
    #expect(text.region(of: 0..<10) == PictureRegion(x: 10, y: 20, width: 90, height: 12))
    #expect(text.region(of: 5..<22) == PictureRegion(x: 10, y: 20, width: 90, height: 32))
    #expect(text.region(of: 21..<23) == nil)
  }

  @Test func linesOfLowConfidenceAreDropped() {
    let text = read([
      row(1, 1, 1, "ee0e@ea@", at: 0, 0, confidence: 51.8), row(1, 1, 2, "Exit", at: 0, 9),
      row(1, 1, 3, "|", at: 0, 20), row(1, 1, 4, "Way", at: 0, 30, confidence: 70),
      row(1, 1, 4, "0ut", at: 50, 30, confidence: 49),
    ])
    #expect(text.text == "Exit")
  }

  @Test func rowsThatMakeNoSenseAreSkipped() {
    let text = read([
      "", "5", "5\t1\t1\t1\t1\t1\tx\t0\t1\t1\t95\tbad", row(1, 1, 1, "", at: 0, 0),
      row(1, 1, 1, "bad", at: -5, 0), row(1, 1, 1, "bad", at: 0, 0, confidence: 900),
      row(1, 1, 1, "nan", at: 0, 0, confidence: .nan), row(1, 1, 1, "go\u{1B}od", at: 1, 2),
    ])
    #expect(text.text == "good")
  }

  @Test func rectanglesAreScaledBack() {
    let text = read([row(1, 1, 1, "word", at: 10, 20)]).scaled(by: 2.5)
    #expect(text.words[0].region == PictureRegion(x: 25, y: 50, width: 100, height: 30))
    #expect(text.text == "word")
  }
}
