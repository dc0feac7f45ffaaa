public import Store

/// What is said to a question.
public struct Answer: Sendable, Codable {
  /// The question as it was asked.
  public let question: String
  /// Whether the documents hold enough to answer; when not, `text` is empty and `passages` are the
  /// nearest ones, which a caller may show as such.
  public let isAnswered: Bool
  /// The answer, with marks like [1] that refer to `passages`, counted from 1.
  public let text: String
  /// The passages that the answer rests on, the best first.
  public let passages: [Passage]
  /// Why it was answered or not.
  public let evidence: Evidence
  /// The numbers of the passages that `text` cites, ascending; nil where it cites them all.
  public let citedNumbers: [Int]?
  /// Sentences of `text` that the passages they cite do not bear out.
  public let unsupportedSentences: [String]
  /// Why a language model's text ended: `stop`, `length`, `context_full` or `cancelled`, of which all
  /// but the first mean that it may be cut; nil for a quotation and where nothing was written.
  public let finish: String?
  /// Who wrote `text`: `quote`, or a language model's name.
  public let backend: String

  package init(
    question: String, isAnswered: Bool, text: String, passages: [Passage], evidence: Evidence,
    backend: String, citedNumbers: [Int]? = nil, unsupportedSentences: [String] = [],
    finish: String? = nil
  ) {
    self.question = question
    self.isAnswered = isAnswered
    self.text = text
    self.passages = passages
    self.evidence = evidence
    self.backend = backend
    self.citedNumbers = citedNumbers
    self.unsupportedSentences = unsupportedSentences
    self.finish = finish
  }
}
