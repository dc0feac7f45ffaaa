/// Parses the table that `tesseract` writes (TSV): a row per page, block, paragraph, line and word.
///
/// Columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
/// Source: `TessBaseAPI::GetTSVText` in tesseract 5.3, `src/api/baseapi.cpp`.
enum TesseractTable {
  /// The level of a row that describes a word.
  private static let wordLevel = 5
  private static let columnCount = 12

  /// The least mean confidence, in percent, of a line that is kept.
  ///
  /// Textures of photographs are read as short words of less than 50 %, printed lines as 80 % and
  /// more; the article Documents has the figures.
  static let lineConfidence = 60.0

  private struct Row {
    /// Block, paragraph and line: equal for the words of a line.
    let line: [Int]
    let region: PictureRegion
    let confidence: Double
    let word: String
  }

  /// The words of all lines that were read with confidence.
  ///
  /// - Parameter output: standard output of the program; rows that make no sense are skipped.
  /// - Returns: the words with their rectangles.
  static func read(_ output: [UInt8]) -> RecognizedText {
    let rows = String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { row($0) }
    var text = RecognizedText()
    var previous: [Int]?
    var start = 0
    while start < rows.count {
      let line = rows[start...].prefix { $0.line == rows[start].line }
      start += line.count
      guard isConfident(line) else { continue }
      for (index, row) in line.enumerated() {
        let isNewParagraph = previous.map { $0[..<2] != row.line[..<2] } ?? false
        let separator = index > 0 ? " " : isNewParagraph ? "\n\n" : "\n"
        text.append(row.word, at: row.region, after: separator)
      }
      previous = line.first?.line
    }
    return text
  }

  /// Whether a line was read well: its mean confidence, and a word of two letters or digits in it.
  private static func isConfident(_ line: ArraySlice<Row>) -> Bool {
    let mean = line.reduce(0) { $0 + $1.confidence } / Double(max(1, line.count))
    return mean >= lineConfidence
      && line.contains { $0.word.count { $0.isLetter || $0.isNumber } >= 2 }
  }

  private static func row(_ line: Substring) -> Row? {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == columnCount, Int(columns[0]) == wordLevel else { return nil }
    let numbers = columns[1..<10].compactMap { Int($0) }
    guard numbers.count == 9, numbers[5...].allSatisfy({ (0...1_000_000).contains($0) }),
      let confidence = Double(columns[10]), (0...100).contains(confidence)
    else { return nil }
    let word = CaptionText.oneLine(String(columns[11]))
    guard !word.isEmpty else { return nil }
    return Row(
      line: Array(numbers[1..<4]),
      region: PictureRegion(x: numbers[5], y: numbers[6], width: numbers[7], height: numbers[8]),
      confidence: confidence, word: word)
  }
}
