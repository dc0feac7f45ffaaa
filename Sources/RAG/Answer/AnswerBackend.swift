package import Store

/// Turns a question and its passages into an answer.
///
/// The backend is called once the passages have been retrieved and the evidence has been found
/// sufficient, so it is never asked about passages that do not bear on the question.
package protocol AnswerBackend: Sendable {
  /// The name that ``Answer/backend`` reports.
  var name: String { get }

  /// Whether a language model writes the answer, piece by piece; otherwise it is quoted in one
  /// piece.
  var writesProse: Bool { get }

  /// The prompt that a language model would be given for `request`; nil where none is involved.
  ///
  /// - Throws: if the model cannot be opened, or the prompt does not fit its context.
  func prompt(for request: AnswerRequest) throws -> PassagePrompt?

  /// Writes the answer.
  ///
  /// - Parameters:
  ///   - request: the question, its passages and the conversation so far.
  ///   - emit: receives each piece of the answer as soon as it is final, for streaming.
  ///   - shouldStop: polled while the answer is written; the text written until then is kept.
  /// - Returns: the answer; ``Answer/isAnswered`` is false if the passages do not answer the
  ///   question.
  /// - Throws: the errors of the model.
  func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> Answer
}

extension AnswerBackend {
  package var writesProse: Bool { false }
  package func prompt(for request: AnswerRequest) throws -> PassagePrompt? { nil }
}

/// A question with everything that a backend needs to answer it.
package struct AnswerRequest: Sendable {
  /// The question as it was asked.
  package let question: String
  /// The retrieved passages, best first; a mark [n] in the answer refers to `passages[n - 1]`.
  package var passages: [Passage]
  /// The strength of the passages as evidence for the question.
  package let evidence: Evidence
  /// The passages that ``evidence`` was judged from; nil if it was given.
  let judged: JudgedPassages?
  /// The conversation so far.
  package let conversation: Conversation
  /// The embedding of `question`, `[dimension]`, if the retrieval computed it.
  package let questionVector: [Float]?
  /// The weights of the question's words as evidence.
  package let weights: WordWeights

  /// A request.
  ///
  /// - Parameters:
  ///   - question: as it was asked.
  ///   - passages: best first.
  ///   - evidence: that of `judged`, or judged from question and passages, if nil.
  ///   - judged: the passages with their evidence, if known.
  ///   - conversation: the turns before this question.
  ///   - questionVector: the embedding of the question, if known.
  ///   - weights: of the question's words; the same for all if no index was asked.
  package init(
    question: String, passages: [Passage], evidence: Evidence? = nil,
    judged: JudgedPassages? = nil, conversation: Conversation = Conversation(),
    questionVector: [Float]? = nil,
    weights: WordWeights = .even
  ) {
    self.question = question
    self.passages = passages
    self.judged = judged
    self.evidence =
      evidence ?? judged.map { Evidence($0) }
      ?? Evidence(question: question, passages: passages, weights: weights)
    self.conversation = conversation
    self.questionVector = questionVector
    self.weights = weights
  }
}
