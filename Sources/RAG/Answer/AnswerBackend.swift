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
  ///   - question: as the person asked it.
  ///   - passages: the best first; a mark [n] in the answer means `passages[n - 1]`.
  ///   - emit: called with each piece of the answer as it is ready, for streaming.
  /// - Returns: the whole answer and the passages it rests on, with highlights where known.
  /// - Throws: what the model behind it throws.
  func answer(
    question: String, passages: [Passage], emit: (String) -> Void
  ) throws -> (text: String, passages: [Passage])
}
