/// Lines of tables in extracted text: cells between bars, tabs or wide gaps.
enum TableRow {
  /// This many spaces between two words separate columns; fewer also justify a line.
  private static let gapWidth = 3

  /// The cells of a line that are not empty; one for a line that is not part of a table.
  static func cells(of line: String) -> [String] {
    let gap = String(repeating: " ", count: gapWidth)
    let marked = hasBars(line) ? line.replacing("|", with: "\n") : line.replacing(gap, with: "\n")
    return marked.replacing("\t", with: "\n").split(separator: "\n").map { $0.trimmed }
      .filter { !$0.isEmpty }
  }

  /// A row in words: as written where it has bars, otherwise its cells with bars between them.
  static func shown(_ line: String) -> String {
    hasBars(line) ? line.onOneLine : cells(of: line).joined(separator: " | ").onOneLine
  }

  /// A bar at the start or between spaces; `a||b` in code is not a row.
  private static func hasBars(_ line: String) -> Bool {
    line.hasPrefix("|") || line.contains(" | ")
  }

  /// Whether a line is the rule below the header of a Markdown table: `|---|:--:|`.
  static func isRule(_ line: String) -> Bool {
    line.contains("---") && line.allSatisfy { "|-: +=".contains($0) }
  }

  /// Whether the first line of a table names its columns: it has no figures but years, and most of the
  /// other lines have figures or it has at least three columns.
  ///
  /// A table of two columns without figures is more often a list of names and their values.
  static func isHeader(_ line: String, of rows: ArraySlice<String>) -> Bool {
    let cells = cells(of: line)
    let isNamed = cells.allSatisfy { cell in
      !cell.contains(where: \.isNumber) || Int(cell).map { (1000...2100).contains($0) } ?? false
    }
    guard isNamed else { return false }
    let withFigures = rows.count { row in row.contains(where: \.isNumber) }
    return cells.count > 2 || 2 * withFigures > rows.count
  }
}

/// Marks at the start of lines.
enum ListMark {
  /// Whether a text begins with `- `, `* `, `+ `, `• `, `– `, `12. `, `12) `, `a) `.
  static func begins(_ text: String) -> Bool {
    guard let mark = text.split(separator: " ", maxSplits: 1).first, mark.count < text.count else {
      return false
    }
    if ["-", "*", "+", "•", "–", "·", "◦", "▪"].contains(mark) { return true }
    guard mark.count <= 4, let last = mark.last, last == "." || last == ")" else { return false }
    let label = mark.dropLast()
    return !label.isEmpty
      && (label.allSatisfy(\.isNumber) || (label.count == 1 && last == ")"))
  }

  /// Whether a line is a question by its label, as in `Q: the price of a locker`.
  static func isQuestionLabel(_ text: String) -> Bool {
    ["q:", "question:", "frage:", "f:"].contains { text.lowercased().hasPrefix($0) }
      && !text.lowercased().contains(" a:")
  }
}

extension StringProtocol {
  /// The text without the white space at its ends.
  var trimmed: String {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
