/// Joins wrapped lines, so that a passage fills the terminal's width.
///
/// A line break is kept where it has a meaning: around a blank line, before a list item, heading,
/// table row, quotation or indented line, and after a short line.
func reflowed(_ text: String) -> String {
  var result = ""
  var previous: Substring?
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if let last = previous {
      result += isOnlyWrapped(last, next: line) ? " " : "\n"
    }
    result += previous == nil ? line : line.drop(while: { $0 == " " && !beginsBlock(line) })
    previous = line
  }
  return result
}

/// Marks the start and the end of the highlight while a text is laid out; document text contains no
/// control characters.
let highlightMark: Character = "\u{1}"

/// A line shorter than this was broken on purpose.
private let shortLineWidth = 50

private func isOnlyWrapped(_ line: Substring, next: Substring) -> Bool {
  !line.allSatisfy(\.isWhitespace) && !next.allSatisfy(\.isWhitespace)
    && line.count >= shortLineWidth && !beginsBlock(next) && !line.hasPrefix("|")
    && !line.hasPrefix("#") && !line.hasSuffix("  ") && !isRow(line) && !isRow(next)
}

/// Whether a line has the cells of a table, as in `Ticket: Child | Single: 25`.
private func isRow(_ line: Substring) -> Bool { line.contains(" | ") }

private func beginsBlock(_ line: Substring) -> Bool {
  // The mark at the start of the highlight is not part of the text.
  let text = line.drop { $0 == " " || $0 == "\t" || $0 == highlightMark }
  if line.count - text.count >= 4 || text.isEmpty { return true }
  if ["#", "|", ">", "- ", "* ", "+ ", "• ", "```", "=", "---"].contains(where: text.hasPrefix) {
    return true
  }
  // "3. Turn the key" is an item, "8.50 crowns" is not.
  let number = text.prefix { $0.isNumber }
  let after = text.dropFirst(number.count)
  return !number.isEmpty && number.count <= 3 && (after.hasPrefix(". ") || after.hasPrefix(") "))
}
