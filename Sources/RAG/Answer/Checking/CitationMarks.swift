/// The marks by which an answer cites passages.
///
/// Models write them in several ways: `[1]`, `[1, 2]`, `[1-3]`, `[passage 1]`, `[Passages 1 and 2]`,
/// `【1】`, `[^1]` and `(1)`. A number in round brackets is a mark only at the end of a statement and
/// only if there is a passage of that number, because it may as well be a remark.
enum CitationMarks {
  /// A mark in a text.
  struct Mark {
    var range: Range<String.Index>
    /// The passages that it names, from 1.
    var numbers: [Int]
  }

  /// A range of more passages than this is not a citation.
  private static let longestRange = 20

  /// All marks of a text, in order.
  ///
  /// - Parameters:
  ///   - text: an answer or a sentence of it.
  ///   - passageCount: the number of passages.
  /// - Returns: the marks; numbers without a passage are among them.
  static func all(in text: String, passageCount: Int) -> [Mark] {
    let square = text.matches(
      of:
        /(?i)[\[【]\s*\^?(?:(?:passages?|sources?|documents?|docs?|quellen?|abschnitte?)\s*)?#?(\d{1,3}(?:\s*(?:,|;|&|-|–|\+|and|und|to|bis)\s*(?:passages?\s*)?#?\d{1,3})*)\s*[\]】]/
    ).map { Mark(range: $0.range, numbers: numbers(in: $0.1)) }
    let round = text.matches(
      of: /(?i)\(\s*(?:(passages?|sources?)\s*)?(\d{1,3}(?:\s*(?:,|;|&|and)\s*\d{1,3})*)\s*\)/
    ).compactMap { match -> Mark? in
      let numbers = numbers(in: match.2)
      let after = text[match.range.upperBound...].first { !$0.isWhitespace }
      let endsStatement = after.map { ".!?;,[(".contains($0) } ?? true
      let before = text[..<match.range.lowerBound].last { !$0.isWhitespace }
      let followsStatement = before.map { ".!?".contains($0) } ?? false
      guard before != nil, match.1 != nil || endsStatement || followsStatement,
        numbers.allSatisfy({ (1..<passageCount + 1).contains($0) })
      else { return nil }
      return Mark(range: match.range, numbers: numbers)
    }
    return (square + round).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// `1, 2`, `1-3` and `1 and 2` as numbers.
  private static func numbers(in list: Substring) -> [Int] {
    var numbers: [Int] = []
    for part in list.split(whereSeparator: { ",;&+".contains($0) }) {
      let bounds = part.matches(of: /\d+/).compactMap { Int($0.output) }
      let isRange = bounds.count == 2 && part.contains(/-|–|to|bis/)
      if isRange, bounds[0] <= bounds[1], bounds[1] - bounds[0] <= longestRange {
        numbers += Array(bounds[0]...bounds[1])
      } else {
        numbers += bounds
      }
    }
    return numbers
  }

  /// The text without its marks.
  static func removed(from text: String, passageCount: Int) -> String {
    var rest = text
    for mark in all(in: text, passageCount: passageCount).reversed() {
      rest.removeSubrange(mark.range)
    }
    return rest
  }

  /// The marks at the start of a text, which belong to the sentence before it, and the rest.
  static func leading(_ text: String, passageCount: Int) -> (marks: String, rest: String) {
    var end = text.startIndex
    for mark in all(in: text, passageCount: passageCount) {
      guard text[end..<mark.range.lowerBound].allSatisfy({ $0.isWhitespace || ".,;".contains($0) })
      else { break }
      end = mark.range.upperBound
    }
    let rest = text[end...].drop {
      $0.isWhitespace || (end > text.startIndex && ".,;".contains($0))
    }
    return (text[..<end].trimmed, String(rest))
  }
}
