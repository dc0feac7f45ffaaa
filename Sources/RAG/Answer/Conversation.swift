/// The questions and answers so far, to which the next question may refer.
public struct Conversation: Sendable, Equatable {
  /// A question and its answer.
  public struct Turn: Sendable, Equatable {
    /// The question as it was asked.
    public let question: String
    /// The text of the answer.
    public let answer: String

    /// A question and its answer.
    public init(question: String, answer: String) {
      self.question = question
      self.answer = answer
    }
  }

  /// Oldest first.
  public private(set) var turns: [Turn]

  /// A conversation.
  ///
  /// - Parameter turns: what was said before, oldest first.
  public init(turns: [Turn] = []) {
    self.turns = turns
  }

  /// Appends an answered question; a question without an answer is not appended.
  public mutating func append(_ answer: Answer) {
    guard answer.isAnswered else { return }
    turns.append(Turn(question: answer.question, answer: answer.text))
  }

  /// Fewer content words than this do not say what a question is about.
  static let standaloneWordCount = 3

  /// The text to retrieve passages for.
  ///
  /// A follow-up such as "And for children?" would find nothing by itself, so it is searched
  /// together with the question before it. Of a long text, only the questions in it are searched.
  ///
  /// - Parameter question: as it was asked.
  /// - Returns: the question, preceded by the last one if it has fewer than
  ///   ``standaloneWordCount`` content words.
  package func query(for question: String) -> String {
    let question = QuestionSubject.point(of: question)
    guard let last = turns.last, ContentWords.of(question).count < Self.standaloneWordCount else {
      return question
    }
    return last.question + " " + question
  }
}
