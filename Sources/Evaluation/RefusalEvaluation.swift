package import RAG
internal import Foundation
internal import Store

/// Measures how well evidence separates questions that the index can answer from those that it
/// cannot.
///
/// A question of a SQuAD dataset becomes unanswerable when the search excludes all paragraphs of
/// its article. Each question is therefore asked twice: with the whole index, and without its
/// article. A question that the file itself marks as unanswerable (SQuAD 2.0) is asked once, with the
/// whole index.
package struct RefusalEvaluation {
  /// The evidence of one question.
  package struct Observation: Sendable, Encodable {
    package let isAnswerable: Bool
    /// The evidence of each of the best passages; the strongest decides.
    package let passages: [PassageEvidence]
    /// The question's article, by which observations are split into halves.
    package let group: Int

    package init(isAnswerable: Bool, passages: [PassageEvidence], group: Int) {
      self.isAnswerable = isAnswerable
      self.passages = passages
      self.group = group
    }

    /// The evidence that a question's request has.
    ///
    /// - Parameters:
    ///   - request: the question with its passages.
    ///   - isAnswerable: whether the index answers it.
    ///   - group: the question's article.
    package init(_ request: AnswerRequest, isAnswerable: Bool, group: Int) {
      let best = Array(request.passages.prefix(EvidenceRule.measured.passageCount))
      self.init(
        isAnswerable: isAnswerable,
        passages: PassageEvidence.of(best, question: request.question, weights: request.weights),
        group: group)
    }
  }

  /// The effect of a rule on the observations.
  package struct Outcome: Sendable, Encodable {
    package let coverageWeight: Double
    package let threshold: Double
    /// The share of answerable questions that are answered.
    package let answeredShare: Double
    /// The share of unanswerable questions that are refused.
    package let refusedShare: Double
    /// The mean of the two.
    package var balancedAccuracy: Double { (answeredShare + refusedShare) / 2 }

    private enum CodingKeys: String, CodingKey {
      case coverageWeight, threshold, answeredShare, refusedShare, balancedAccuracy
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(coverageWeight, forKey: .coverageWeight)
      try container.encode(threshold, forKey: .threshold)
      try container.encode(answeredShare, forKey: .answeredShare)
      try container.encode(refusedShare, forKey: .refusedShare)
      try container.encode(balancedAccuracy, forKey: .balancedAccuracy)
    }
  }

  /// The evidence of every question of a dataset, with and without its article.
  package static func observe(
    dataset: SQuADDataset, encoder: any SentenceEncoder,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Observation] {
    let evaluation = RetrievalEvaluation(dataset: dataset, encoder: encoder)
    return try evaluation.withIndexedParagraphs { store in
      let pipeline = AnswerPipeline(
        retriever: Retriever(store: store, encoder: encoder),
        backend: ExtractiveBackend(encoder: encoder))
      let articleCount = (dataset.articles.max() ?? -1) + 1
      let otherPaths = (0..<articleCount).map { article in
        dataset.articles.indices.filter { dataset.articles[$0] != article }
          .map(RetrievalEvaluation.path(ofParagraph:))
      }
      var observations: [Observation] = []
      var done = 0
      for question in dataset.questions {
        let article = dataset.articles[question.paragraph]
        for isAnswerable in question.isImpossible ? [false] : [true, false] {
          let request = try pipeline.request(
            for: question.text, mode: .hybrid, limit: 5,
            filter: SearchFilter(
              paths: isAnswerable || question.isImpossible ? [] : otherPaths[article]))
          observations.append(
            Observation(request, isAnswerable: isAnswerable, group: article))
        }
        done += 2
        progress(done, 2 * dataset.questions.count)
      }
      return observations
    }
  }

  /// Applies `rule` to the observations.
  package static func outcome(of rule: EvidenceRule, on observations: [Observation]) -> Outcome {
    var (answered, answerable, refused, unanswerable) = (0, 0, 0, 0)
    for observation in observations {
      let isAnswered = observation.passages.contains { rule.strength(of: $0) >= rule.threshold }
      if observation.isAnswerable {
        answerable += 1
        answered += isAnswered ? 1 : 0
      } else {
        unanswerable += 1
        refused += isAnswered ? 0 : 1
      }
    }
    return Outcome(
      coverageWeight: rule.coverageWeight, threshold: rule.threshold,
      answeredShare: Double(answered) / Double(max(1, answerable)),
      refusedShare: Double(refused) / Double(max(1, unanswerable)))
  }

  /// Finds the rule with the best balanced accuracy on a grid.
  ///
  /// - Parameters:
  ///   - observations: the data to fit.
  ///   - maximumWeight: the largest word weight on the grid; 0 fits the cosine alone.
  /// - Returns: the first of the best rules.
  package static func bestRule(
    on observations: [Observation], maximumWeight: Double = 1
  ) -> EvidenceRule {
    var best = (rule: EvidenceRule.measured, accuracy: 0.0)
    for weight in stride(from: 0.0, through: maximumWeight, by: 0.05) {
      for threshold in stride(from: 0.2, through: 1.6, by: 0.01) {
        var rule = EvidenceRule.measured
        (rule.coverageWeight, rule.threshold) = (weight, threshold)
        let accuracy = outcome(of: rule, on: observations).balancedAccuracy
        if accuracy > best.accuracy { best = (rule, accuracy) }
      }
    }
    return best.rule
  }
}
