package import RAG
internal import Documents
internal import Store

/// Measures how well ``CitationCheck`` separates what a passage says from what another says.
///
/// A question of a SQuAD dataset with its answer has the words of a statement in a person's own
/// wording. Its own paragraph bears it out; the paragraph that search finds best among the others does
/// not, though it is about the same. Paragraphs' own sentences are the second kind of statement: the
/// next paragraph of the article does not bear them out.
package struct SupportEvaluation {
  /// A statement before a paragraph.
  package struct Observation: Sendable {
    /// Whether the paragraph is the statement's own.
    package let isOwn: Bool
    /// Whether the statement is a sentence of a paragraph; else it is a question with its answer.
    package let isSentence: Bool
    /// The share of the statement's content words that stand in the paragraph.
    package let wordShare: Double
    /// Whether all its numbers do.
    package let hasFigures: Bool
  }

  /// What a share does to the observations.
  package struct Row: Sendable, Encodable {
    /// The share that must be exceeded.
    package let wordShare: Double
    /// Questions with answers that their own paragraph is said to bear out.
    package let ownSupported: Double
    /// Questions with answers that another paragraph is said not to bear out.
    package let otherRefused: Double
    /// Sentences that the next paragraph is said not to bear out.
    package let sentenceRefused: Double
    /// The mean of the first two.
    package var balanced: Double { (ownSupported + otherRefused) / 2 }
  }

  /// All statements of a dataset, each before its own paragraph and before another.
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

  /// What each share would do, with the rule for numbers as it is.
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
