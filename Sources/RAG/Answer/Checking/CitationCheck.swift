internal import Documents
package import Store

/// Checks each sentence of a model's answer against the passages that it cites.
///
/// A sentence is supported if it cites at least one passage, all its marks name passages that were
/// given, every number in it occurs in a cited passage with the same value and unit (``Figures``), and
/// so do more than half of its content words. This catches invented figures, names and marks. It does not prove that a sentence is true:
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

  /// A sentence without a mark gets the mark of a passage that contains more than this share of its
  /// content words, and all its figures.
  ///
  /// It is larger than ``wordShare``, because the model did not name the passage. At 0.70 the best other
  /// passage takes 0.012 of the statements of `swiftrag eval support`.
  static let addedMarkWordShare = 0.7

  /// Checks every sentence of `answer`.
  ///
  /// - Parameters:
  ///   - answer: with marks such as [1], [1, 3] or [passage 2]; ``CitationMarks`` lists them.
  ///   - passages: `passages[n - 1]` is passage n.
  /// - Returns: the sentences, in order.
  package static func check(_ answer: String, passages: [Passage]) -> [Sentence] {
    var sources = Sources(passages)
    return check(answer, &sources)
  }

  /// Checks every sentence of `answer` against sources that may have been read already.
  static func check(_ answer: String, _ sources: inout Sources) -> [Sentence] {
    sentences(answer, passageCount: sources.count).map { text in
      let numbers = citedNumbers(in: text, passageCount: sources.count)
      let statement = CitationMarks.removed(from: text, passageCount: sources.count)
      return Sentence(
        text: text, citedNumbers: numbers,
        isSupported: isSupported(statement, by: numbers, &sources))
    }
  }

  /// The passage that supports a sentence without a mark best.
  ///
  /// - Returns: its number; nil if none contains all figures and enough of the words.
  static func supportingPassage(of sentence: String, _ sources: inout Sources) -> Int? {
    var best: (number: Int, share: Double)?
    for number in 1..<sources.count + 1 {
      let words = Words(of: sentence, in: sources.source(of: [number]))
      if words.hasFigures, words.share > best?.share ?? addedMarkWordShare {
        best = (number, words.share)
      }
    }
    return best?.number
  }

  /// Splits an answer into sentences; marks after a full stop belong to the sentence before it.
  private static func sentences(_ answer: String, passageCount: Int) -> [String] {
    let bytes = Array(answer.utf8)
    var sentences: [String] = []
    for range in Sentences.ranges(in: answer) {
      let text = String(decoding: bytes[range], as: UTF8.self).onOneLine
      let (marks, rest) = CitationMarks.leading(text, passageCount: passageCount)
      if !marks.isEmpty, let last = sentences.indices.last { sentences[last] += " " + marks }
      let kept = sentences.isEmpty ? text : rest
      if kept.contains(where: { $0.isLetter || $0.isNumber }) { sentences.append(kept) }
    }
    return sentences
  }

  /// The numbers of the marks in a text.
  ///
  /// - Parameters:
  ///   - text: an answer or a sentence of it.
  ///   - passageCount: the number of passages; a number in round brackets cites one of them.
  /// - Returns: the numbers in order, also those without a passage.
  package static func citedNumbers(in text: String, passageCount: Int) -> [Int] {
    CitationMarks.all(in: text, passageCount: passageCount).flatMap(\.numbers)
  }

  private static func isSupported(
    _ sentence: String, by numbers: [Int], _ sources: inout Sources
  ) -> Bool {
    guard !numbers.isEmpty, numbers.allSatisfy({ (1..<sources.count + 1).contains($0) })
    else {
      return false
    }
    let words = Words(of: sentence, in: sources.source(of: numbers))
    return words.hasFigures && words.share > wordShare
  }

  /// The figures and words of a text that may support statements.
  struct Source {
    fileprivate let figures: Figures
    fileprivate let words: Set<String>

    init(_ text: String) {
      figures = Figures(of: text, isSource: true)
      words = ContentWords.of(text)
    }
  }

  /// The passages of an answer as sources; what several sentences cite is read once.
  struct Sources {
    private let passages: [Passage]
    private var read: [[Int]: Source] = [:]

    init(_ passages: [Passage]) {
      self.passages = passages
    }

    /// The number of passages.
    var count: Int { passages.count }

    /// The passages of some numbers, which exist, as one source.
    mutating func source(of numbers: [Int]) -> Source {
      if let source = read[numbers] { return source }
      let texts = numbers.map { number in
        let passage = passages[number - 1]
        return passage.inWords + "\n" + (passage.citation.heading ?? "")
      }
      let source = Source(texts.joined(separator: "\n"))
      read[numbers] = source
      return source
    }
  }

  /// The share of a statement that a source contains.
  package struct Words {
    /// Whether the source contains every number of the statement, as a value with its unit.
    package let hasFigures: Bool
    /// The share of the statement's content words that the source contains; 1 if it has none.
    ///
    /// Numbers are not among them.
    package let share: Double

    package init(of statement: String, in source: String) {
      self.init(of: statement, in: Source(source))
    }

    init(of statement: String, in source: Source) {
      // "2. Turn the key": the number of a step is not checked.
      let statement = statement.replacing(/^\s*\d{1,2}[.)]\s+/, with: "")
      let words = ContentWords.of(statement).filter { !$0.contains(where: \.isNumber) }
      hasFigures = source.figures.contain(Figures(of: statement, isSource: false))
      share =
        words.isEmpty ? 1 : Double(words.intersection(source.words).count) / Double(words.count)
    }
  }
}
