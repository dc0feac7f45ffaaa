package import RAG
internal import Documents
internal import Store

/// Measures how well ``CitationCheck`` separates supported statements from unsupported ones.
///
/// There are two kinds of statements. A question of a SQuAD dataset together with its answer reads
/// like a statement in a person's own words. Its own paragraph supports it; the best other
/// paragraph that search finds does not, although it has the same subject. A sentence of a
/// paragraph is the second kind: the next paragraph of the article does not support it.
package struct SupportEvaluation {
  /// A statement and a paragraph that may support it.
  package struct Observation: Sendable {
    /// Whether the paragraph is the one that the statement comes from.
    package let isOwn: Bool
    /// Whether the statement is a sentence of a paragraph rather than a question with its answer.
    package let isSentence: Bool
    /// The share of the statement's content words that occur in the paragraph.
    package let wordShare: Double
    /// Whether all of the statement's numbers occur in the paragraph.
    package let hasFigures: Bool
  }

  /// The effect of a threshold on the observations.
  package struct Row: Sendable, Encodable {
    /// The share of words that a supported statement must exceed.
    package let wordShare: Double
    /// The share of questions with answers that count as supported by their own paragraph.
    package let ownSupported: Double
    /// The share of questions with answers that count as unsupported by another paragraph.
    package let otherRefused: Double
    /// The share of sentences that count as unsupported by the next paragraph.
    package let sentenceRefused: Double
    /// The mean of the first two.
    package var balanced: Double { (ownSupported + otherRefused) / 2 }
  }

  /// Checks all statements of a dataset against their own paragraph and against another one.
  package static func observe(
    dataset: SQuADDataset, encoder: any SentenceEncoder,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Observation] {
    var observations: [Observation] = []
    for (index, paragraph) in dataset.paragraphs.enumerated() {
      let next = index + 1
      guard dataset.articles.indices.contains(next),
        dataset.articles[next] == dataset.articles[index]
      else { continue }
      let bytes = Array(paragraph.utf8)
      for range in Sentences.ranges(in: paragraph) {
        let sentence = String(decoding: bytes[range], as: UTF8.self)
        observations.append(
          observation(sentence, before: dataset.paragraphs[next], isOwn: false, isSentence: true))
      }
    }
    let evaluation = RetrievalEvaluation(dataset: dataset, encoder: encoder)
    try evaluation.withIndexedParagraphs { store in
      let retriever = Retriever(store: store, encoder: encoder)
      for (index, question) in dataset.questions.enumerated() {
        progress(index + 1, dataset.questions.count)
        guard let answer = question.answer else { continue }
        let statement = question.text + " " + answer
        let own = dataset.paragraphs[question.paragraph]
        observations.append(observation(statement, before: own, isOwn: true, isSentence: false))
        let found = try retriever.retrieve(question.text, mode: .hybrid, limit: 2).passages
        guard let other = found.first(where: { $0.text != own }) else { continue }
        observations.append(
          observation(statement, before: other.text, isOwn: false, isSentence: false))
      }
    }
    return observations
  }

  private static func observation(
    _ statement: String, before paragraph: String, isOwn: Bool, isSentence: Bool
  ) -> Observation {
    let words = CitationCheck.Words(of: statement, in: paragraph)
    return Observation(
      isOwn: isOwn, isSentence: isSentence, wordShare: words.share, hasFigures: words.hasFigures)
  }

  /// Applies each threshold to the observations; the rule for numbers is unchanged.
  package static func rows(
    for shares: [Double], on observations: [Observation]
  ) -> [Row] {
    shares.map { share in
      func supported(isOwn: Bool, isSentence: Bool) -> Double {
        let all = observations.filter { $0.isOwn == isOwn && $0.isSentence == isSentence }
        let passing = all.filter { $0.hasFigures && $0.wordShare > share }
        return Double(passing.count) / Double(max(1, all.count))
      }
      return Row(
        wordShare: share, ownSupported: supported(isOwn: true, isSentence: false),
        otherRefused: 1 - supported(isOwn: false, isSentence: false),
        sentenceRefused: 1 - supported(isOwn: false, isSentence: true))
    }
  }
}
