package import RAG
internal import Bytes
internal import Foundation
internal import Store

/// Questions about a folder of documents: answerable ones with their passages, and unanswerable
/// ones.
package struct QuestionSet: Sendable {
  /// A question with the file and the words that answer it, both `nil` for an unanswerable
  /// question.
  package struct Item: Sendable, Decodable {
    package let question: String
    package let document: String?
    package let passage: String?
    /// Words of which an answer in prose must contain one; `passage` itself where they are missing.
    package let values: [String]?
  }

  package let answerable: [Item]
  package let unanswerable: [Item]

  private struct File: Decodable {
    let answerable: [Item]
    let unanswerable: [Item]
  }

  /// Reads a JSON file with the lists `answerable` and `unanswerable`.
  package init(path: String) throws(SQuADDataset.Failure) {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(
        path: path,
        reason: BytesError.reason(whyUnreadable: path) ?? (error as NSError).localizedDescription)
    }
    do {
      let file = try JSONDecoder().decode(File.self, from: data)
      (answerable, unanswerable) = (file.answerable, file.unanswerable)
    } catch {
      throw .malformed(path: path, reason: SQuADDataset.Failure.reason(of: error))
    }
  }

  /// The results of asking every question.
  package struct Result: Sendable {
    package let observations: [RefusalEvaluation.Observation]
    /// Metrics of the rank of the right document among the passages.
    package let metrics: RankingMetrics
    /// The number of answerable questions whose quoted sentence contains the expected words or is
    /// part of them.
    package let rightQuoteCount: Int
  }

  /// Indexes `documents` and asks every question.
  package func ask(documents: String, encoder: any SentenceEncoder) throws -> Result {
    try withTemporaryIndexes(for: encoder) { create in
      let store = try create()
      _ = try Ingestor(store: store, encoder: encoder).add(paths: [documents])
      return try ask(of: store, encoder: encoder)
    }
  }

  private func ask(of store: IndexStore, encoder: any SentenceEncoder) throws -> Result {
    let pipeline = AnswerPipeline(
      retriever: Retriever(store: store, encoder: encoder),
      backend: ExtractiveBackend(encoder: encoder))
    var observations: [RefusalEvaluation.Observation] = []
    var metrics = RankingMetrics()
    var rightQuoteCount = 0
    for (items, isAnswerable) in [(answerable, true), (unanswerable, false)] {
      for item in items {
        let request = try pipeline.request(for: item.question, mode: .hybrid, limit: 5)
        observations.append(.init(request, isAnswerable: isAnswerable, group: 0))
        guard isAnswerable, let document = item.document else { continue }
        let rank = request.passages.firstIndex { $0.citation.path.hasSuffix("/" + document) }
        metrics.add(rank: rank.map { $0 + 1 })
        // The quotation is judged even where weak evidence would refuse the question.
        let answer = try pipeline.backend.answer(
          request, emit: { _ in }, shouldStop: { false })
        let quote = answer.passages.first?.highlighted.sentence.onOneLine
        if let quote, let expected = item.passage?.onOneLine,
          quote.contains(expected) || expected.contains(quote)
        {
          rightQuoteCount += 1
        }
      }
    }
    return Result(
      observations: observations, metrics: metrics, rightQuoteCount: rightQuoteCount)
  }
}
