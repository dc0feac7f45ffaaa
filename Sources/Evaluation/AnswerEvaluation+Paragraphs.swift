internal import Bytes
package import RAG
internal import Store

extension AnswerEvaluation {
  /// Asks questions of a SQuAD dataset, each with its article in the index and without it.
  ///
  /// - Parameters:
  ///   - dataset: paragraphs, questions and answers.
  ///   - encoder: embeds paragraphs and questions.
  ///   - backends: each answers every question from the same passages.
  ///   - limit: how many of the questions with an answer are asked, spread evenly over the file; all
  ///     if nil.
  ///   - passageCount: how many passages are retrieved.
  ///   - progress: called after each question with the number done and the total.
  /// - Returns: the counts for each backend, in order.
  /// - Throws: what the store, the encoder and the backends throw.
  package static func run(
    dataset: SQuADDataset, encoder: any SentenceEncoder, backends: [any AnswerBackend],
    limit: Int? = nil, passageCount: Int,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [AnswerEvaluation] {
    let all = dataset.questions.filter { !$0.answers.isEmpty }
    let count = min(max(0, limit ?? all.count), all.count)
    let questions = (0..<count).map { all[$0 * all.count / count] }
    var evaluations = backends.map { _ in AnswerEvaluation() }
    guard !backends.isEmpty else { return [] }
    try RetrievalEvaluation(dataset: dataset, encoder: encoder).withIndexedParagraphs { store in
      let pipelines = backends.map {
        AnswerPipeline(retriever: Retriever(store: store, encoder: encoder), backend: $0)
      }
      for (done, question) in questions.enumerated() {
        let others = dataset.articles.indices.filter {
          dataset.articles[$0] != dataset.articles[question.paragraph]
        }.map(RetrievalEvaluation.path(ofParagraph:))
        for isAnswerable in others.isEmpty ? [true] : [true, false] {
          let filter = SearchFilter(paths: isAnswerable ? [] : others)
          let request = try pipelines[0].request(
            for: question.text, mode: .hybrid, limit: passageCount, filter: filter)
          for (number, pipeline) in pipelines.enumerated() {
            let answer = try pipeline.answer(request)
            guard isAnswerable else {
              evaluations[number].addRefusal(answer)
              continue
            }
            evaluations[number].add(
              answer, values: question.answers,
              document: Paths.name(of: RetrievalEvaluation.path(ofParagraph: question.paragraph)))
          }
        }
        progress(done + 1, questions.count)
      }
    }
    return evaluations
  }
}
