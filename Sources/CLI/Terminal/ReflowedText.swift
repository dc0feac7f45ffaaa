/// Joins lines that were only wrapped, so that a passage fills the terminal's width.
///
/// A line end is kept where it means something: before and after a blank line, before a list item,
/// heading, table row, quotation or indented line, and after a line that is clearly short.
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

/// Stands before and after the highlighted stretch of a text that is being laid out; no document's
/// text holds control characters.
let highlightMark: Character = "\u{1}"

/// Lines shorter than this end where their author wanted it.
private let shortLineWidth = 50

private func isOnlyWrapped(_ line: Substring, next: Substring) -> Bool {
  !line.allSatisfy(\.isWhitespace) && !next.allSatisfy(\.isWhitespace)
    && line.count >= shortLineWidth && !beginsBlock(next) && !line.hasPrefix("|")
    && !line.hasPrefix("#") && !line.hasSuffix("  ")
}

private func beginsBlock(_ line: Substring) -> Bool {
  // A mark of the highlight's beginning is no part of the text.
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
