package import RAG
internal import Store

/// Measures how often the text that is quoted for a question holds its answer.
///
/// Each question of a SQuAD dataset goes through the whole pipeline without a language model, on an
/// index of all paragraphs. A quotation is right if it contains one of the answers, ignoring case and
/// white space. Longer quotations are right more often, so their length is counted as well.
package struct QuotationEvaluation: Sendable, Equatable {
  /// The counts of the questions of one kind, or of all.
  package struct Counts: Sendable, Equatable, Encodable {
    /// Questions with an answer.
    package fileprivate(set) var questions = 0
    /// Questions that were answered rather than refused.
    package fileprivate(set) var answered = 0
    /// Questions whose quotation comes from the right paragraph, refused ones included.
    package fileprivate(set) var rightParagraph = 0
    /// Questions whose quotation holds the answer, refused ones included.
    package fileprivate(set) var rightQuotation = 0
    /// Questions that were answered with a quotation that holds the answer.
    package fileprivate(set) var rightAnswer = 0
    /// Words of all quotations.
    package fileprivate(set) var quotedWords = 0
    /// Passages that are shown below all answers.
    package fileprivate(set) var shownPassages = 0

    /// `count` as a share of the questions.
    package func share(_ count: Int) -> Double { Double(count) / Double(max(1, questions)) }
  }

  /// All questions.
  package private(set) var all = Counts()
  /// The questions of each kind that occurs.
  package private(set) var byKind: [QuestionKind: Counts] = [:]

  private init() {}

  /// Asks every question of a dataset that has an answer.
  ///
  /// - Parameters:
  ///   - dataset: paragraphs, questions and answers.
  ///   - encoder: embeds paragraphs, questions and sentences.
  ///   - weights: each quotes for every question.
  ///   - progress: called after each question with the number done and the total.
  /// - Returns: the counts for each of `weights`, in order.
  /// - Throws: what the store and the encoder throw.
  package static func run(
    dataset: SQuADDataset, encoder: any SentenceEncoder, weights: [QuoteWeights] = [.measured],
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [QuotationEvaluation] {
    let questions = dataset.questions.filter { !$0.answers.isEmpty }
    var evaluations = weights.map { _ in QuotationEvaluation() }
    let backends = weights.map { ExtractiveBackend(encoder: encoder, weights: $0) }
    try RetrievalEvaluation(dataset: dataset, encoder: encoder).withIndexedParagraphs { store in
      let pipeline = AnswerPipeline(
        retriever: Retriever(store: store, encoder: encoder),
        backend: ExtractiveBackend(encoder: encoder))
      for (index, question) in questions.enumerated() {
        let request = try pipeline.request(for: question.text, mode: .hybrid, limit: 5)
        for (number, backend) in backends.enumerated() {
          // The quotation is judged even where weak evidence refuses the question.
          let answer = try backend.answer(request, emit: { _ in }, shouldStop: { false })
          evaluations[number].add(
            answer, to: question, wasAnswered: request.evidence.isSufficient)
        }
        progress(index + 1, questions.count)
      }
    }
    return evaluations
  }

  private mutating func add(
    _ answer: Answer, to question: SQuADDataset.Question, wasAnswered: Bool
  ) {
    let quoted = answer.quotedText.onOneLine.lowercased()
    let isRight = question.answers.contains { quoted.contains($0.onOneLine.lowercased()) }
    let path = RetrievalEvaluation.path(ofParagraph: question.paragraph)
    func count(_ counts: inout Counts) {
      counts.questions += 1
      counts.answered += wasAnswered ? 1 : 0
      counts.rightParagraph += answer.passages.first?.citation.path == path ? 1 : 0
      counts.rightQuotation += isRight ? 1 : 0
      counts.rightAnswer += isRight && wasAnswered ? 1 : 0
      counts.quotedWords += quoted.split(separator: " ").count
      counts.shownPassages += answer.passages.count
    }
    count(&all)
    count(&byKind[QuestionKind(of: question.text), default: Counts()])
  }
}
