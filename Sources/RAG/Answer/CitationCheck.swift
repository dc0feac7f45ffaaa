internal import Documents
package import Store

/// Checks each sentence of a model's answer against the passages that it cites.
///
/// A sentence is supported if it cites at least one passage, all its marks [n] name passages that
/// were given, every number in it occurs in a cited passage, and so do more than half of its content
/// words. This catches invented figures, names and marks. It does not prove that a sentence is true:
/// the right words can be combined into a wrong statement.
package enum CitationCheck {
  /// The cited passages must contain more than this share of a sentence's content words.
  ///
  /// It is the best of the shares that `swiftrag eval support` tries on XQuAD; the page on
  /// retrieval and answers has the table.
  static let wordShare = 0.5

  /// One sentence of an answer.
  package struct Sentence: Sendable, Equatable {
    /// The sentence with its marks.
    package var text: String
    /// The numbers in its marks, in order.
    package var citedNumbers: [Int]
    /// Whether the passages that it cites support it.
    package var isSupported: Bool
  }

  /// Checks every sentence of `answer`.
  ///
  /// - Parameters:
  ///   - answer: with marks like [1] or [1][3].
  ///   - passages: `passages[n - 1]` is passage n.
  /// - Returns: the sentences, in order.
  package static func check(_ answer: String, passages: [Passage]) -> [Sentence] {
    sentences(answer).map { text in
      let numbers = citedNumbers(in: text)
      return Sentence(
        text: text, citedNumbers: numbers,
        isSupported: isSupported(withoutMarks(text), by: numbers, passages: passages))
    }
  }

  /// Splits an answer into sentences; marks after a full stop belong to the sentence before it.
  private static func sentences(_ answer: String) -> [String] {
    let bytes = Array(answer.utf8)
    var sentences: [String] = []
    for range in Sentences.ranges(in: answer) {
      let text = String(decoding: bytes[range], as: UTF8.self).onOneLine
      let (marks, rest) = leadingMarks(text)
      if !marks.isEmpty, let last = sentences.indices.last { sentences[last] += " " + marks }
      let kept = sentences.isEmpty ? text : rest
      if kept.contains(where: { $0.isLetter || $0.isNumber }) { sentences.append(kept) }
    }
    return sentences
  }

  private static func leadingMarks(_ text: String) -> (marks: String, rest: String) {
    var rest = text[...]
    while let match = rest.prefixMatch(of: /\s*\[\d{1,3}\][.,;]?/) {
      rest = rest[match.range.upperBound...]
    }
    let marks = text[..<rest.startIndex].trimmingPrefix { $0.isWhitespace }
    return (String(marks), String(rest.trimmingPrefix { $0.isWhitespace }))
  }

  /// The numbers of the marks in a text.
  package static func citedNumbers(in text: String) -> [Int] {
    text.matches(of: /\[(\d{1,3})\]/).compactMap { Int($0.1) }
  }

  private static func withoutMarks(_ text: String) -> String {
    text.replacing(/\[\d{1,3}\]/, with: "")
  }

  private static func isSupported(
    _ sentence: String, by numbers: [Int], passages: [Passage]
  ) -> Bool {
    guard !numbers.isEmpty, numbers.allSatisfy({ (1..<passages.count + 1).contains($0) })
    else {
      return false
    }
    let source = numbers.map { number in
      let passage = passages[number - 1]
      return passage.inWords + " " + (passage.citation.heading ?? "")
    }.joined(separator: " ")
    let words = Words(of: sentence, in: source)
    return words.hasFigures && words.share > wordShare
  }

  /// The share of a statement that a source contains.
  package struct Words {
    /// Whether the source contains every number of the statement.
    package let hasFigures: Bool
    /// The share of the statement's content words that the source contains; 1 if it has none.
    package let share: Double

    package init(of statement: String, in source: String) {
      let words = ContentWords.of(statement)
      let sourceWords = ContentWords.of(source)
      let figures = words.filter { $0.contains(where: \.isNumber) }
      hasFigures = figures.isSubset(of: sourceWords)
      share =
        words.isEmpty ? 1 : Double(words.intersection(sourceWords).count) / Double(words.count)
    }
  }
}
