internal import Generation
public import Store

/// The answer to a question, with the passages that it rests on.
///
/// The pipeline makes it from the request as an unanswered question; a backend fills in the rest.
public struct Answer: Sendable, Codable {
  /// The question as it was asked.
  public let question: String
  /// Whether the documents answer the question.
  ///
  /// If they do not, `text` is empty and `passages` are the nearest ones, which a caller may
  /// show as such.
  public package(set) var isAnswered = false
  /// The answer, with marks like [1] that refer to `passages`, counted from 1.
  public package(set) var text = ""
  /// The passages that the answer rests on, best first, with the sentences that it uses
  /// highlighted.
  public package(set) var passages: [Passage]
  /// The strength of the passages as evidence for the question.
  public let evidence: Evidence
  /// The numbers of the passages that `text` cites, ascending; nil if it cites all of them.
  public package(set) var citedNumbers: [Int]?
  /// Sentences of `text` that the passages they cite do not support.
  public package(set) var unsupportedSentences: [String] = []
  /// Why a language model stopped: `stop`, `length`, `context_full` or `cancelled`.
  ///
  /// All but the first mean that the text may be cut off. Nil for a quotation, and where nothing
  /// was generated.
  public package(set) var finish: String?
  /// Who wrote `text`: `quote`, or the name of a language model.
  public let backend: String

  /// The unanswered request.
  ///
  /// - Parameters:
  ///   - request: gives question, passages and evidence.
  ///   - backend: the name of the backend that answers.
  package init(to request: AnswerRequest, backend: String) {
    question = request.question
    passages = request.passages
    evidence = request.evidence
    self.backend = backend
  }

  /// Whether the person interrupted the language model before its first word: there is no answer,
  /// and the model did not decline either.
  package var isInterruptedBeforeText: Bool {
    finish == FinishReason.cancelled.rawValue && text.isEmpty
  }
}
