package import Generation
package import Store

/// Who turns a question and its passages into an answer: the seam where a language model plugs in.
///
/// The retriever has found the passages and the evidence was judged before a backend is called, so a
/// backend is never asked about passages that do not bear on the question.
package protocol AnswerBackend: Sendable {
  /// The name that ``Answer/backend`` reports.
  var name: String { get }

  /// Writes the answer.
  ///
  /// - Parameters:
  ///   - request: the question, its passages and what was said before.
  ///   - emit: called with each piece of the answer as it is ready, for streaming.
  ///   - shouldStop: asked while the answer is written; what was said until then is kept.
  /// - Returns: the answer, its passages and what it cites.
  /// - Throws: what the model behind it throws.
  func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> BackendAnswer
}

/// What a backend is asked.
package struct AnswerRequest: Sendable {
  /// As the person asked it.
  package var question: String
  /// The best first; a mark [n] in the answer means `passages[n - 1]`.
  package var passages: [Passage]
  /// The conversation so far, oldest first.
  package var history: [ConversationTurn]
  /// The question's vector, where the search has computed it.
  package var questionVector: [Float]?

  package init(
    question: String, passages: [Passage], history: [ConversationTurn] = [],
    questionVector: [Float]? = nil
  ) {
    self.question = question
    self.questionVector = questionVector
    self.passages = passages
    self.history = history
  }
}

/// What a backend answers.
package struct BackendAnswer: Sendable {
  /// The answer with its marks; empty when the backend declines.
  package var text: String
  /// The passages that the marks count, with highlights where known.
  package var passages: [Passage]
  /// The numbers of the passages that are cited; nil where all are.
  package var citedNumbers: [Int]?
  /// Sentences of the answer that the passages they cite do not bear out.
  package var unsupportedSentences: [String] = []
  /// Why a language model's text ended; nil for a quotation.
  package var finish: FinishReason?
  /// Whether the backend found that the passages do not answer the question.
  package var declines = false

  package init(text: String, passages: [Passage]) {
    self.text = text
    self.passages = passages
  }
}

/// One question of a conversation and its answer.
public struct ConversationTurn: Sendable, Equatable {
  /// As the person asked it.
  public let question: String
  /// As it was answered.
  public let answer: String

  /// A turn of question and answer.
  public init(question: String, answer: String) {
    self.question = question
    self.answer = answer
  }
}
