internal import Documents
package import Store

/// Checks each sentence of a model's answer against the passages that it cites.
///
/// A sentence is supported when it cites at least one passage, all its marks [n] name passages that
/// were given, every number in it stands in a cited passage, and more than half of its content words
/// do. This catches invented figures, names and marks; it does not prove a sentence true: words can
/// be put together wrongly.
package enum CitationCheck {
  /// The cited passages must have more than this share of a sentence's content words.
  ///
  /// The best of the shares that `swiftrag eval support` tries on XQuAD; the page on retrieval and
  /// answers has the table.
  static let wordShare = 0.5

  /// One sentence of an answer.
  package struct Sentence: Sendable, Equatable {
    /// With its marks.
    package var text: String
    /// The numbers in its marks, in order.
    package var citedNumbers: [Int]
    package var isSupported: Bool
  }

  /// The sentences of `answer`, checked.
  ///
  /// - Parameters:
  ///   - answer: with marks like [1] or [1][3].
  ///   - passages: `passages[n - 1]` is passage n.
  /// - Returns: each sentence, with its marks and whether they bear it out.
  package static func check(_ answer: String, passages: [Passage]) -> [Sentence] {
    sentences(answer).map { text in
      let numbers = citedNumbers(in: text)
      return Sentence(
        text: text, citedNumbers: numbers,
        isSupported: isSupported(withoutMarks(text), by: numbers, passages: passages))
    }
  }

  /// Splits into sentences; a mark that follows the full stop belongs to the sentence before it.
  private static func sentences(_ answer: String) -> [String] {
    let bytes = Array(answer.utf8)
    var sentences: [String] = []
    for range in Sentences.ranges(in: answer) {
      let text = ExtractiveBackend.oneLine(String(decoding: bytes[range], as: UTF8.self))
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
      return passage.text + " " + (passage.citation.heading ?? "")
    }.joined(separator: " ")
    let words = Words(of: sentence, in: source)
    return words.hasFigures && words.share > wordShare
  }

  /// How much of a statement a source has.
  package struct Words {
    /// Whether every number of the statement stands in the source.
    package let hasFigures: Bool
    /// The share of the statement's content words that stand in the source; 1 where it has none.
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
