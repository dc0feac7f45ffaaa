package import Store

/// How strongly the passages that were found bear on a question.
public struct Evidence: Sendable, Equatable, Codable {
  /// The largest cosine between the question and a passage; 0 when no vectors were searched.
  public let bestCosine: Double
  /// The share of the question's content words that stand in one of the best passages, 0 to 1.
  public let wordCoverage: Double
  /// The value that the rule compares with its threshold.
  public let strength: Double
  /// Whether it is enough to answer.
  public let isSufficient: Bool

  /// The evidence that `passages` hold for `question`, by `rule`.
  package init(question: String, passages: [Passage], rule: EvidenceRule = .measured) {
    let best = passages.prefix(rule.passageCount)
    bestCosine = best.compactMap(\.cosine).max() ?? 0
    let words = ContentWords.of(question)
    wordCoverage =
      best.map { passage in
        ContentWords.coverage(
          of: words, in: passage.text + " " + (passage.citation.heading ?? ""))
      }.max() ?? 0
    strength = rule.strength(cosine: bestCosine, coverage: wordCoverage)
    isSufficient = !passages.isEmpty && strength >= rule.threshold
  }
}

/// When evidence is enough: a weighted sum of the best cosine and the word coverage against a
/// threshold.
///
/// The numbers come from `swiftrag eval refusal`; the page on retrieval and answers has the table.
package struct EvidenceRule: Sendable {
  package var coverageWeight: Double
  package var threshold: Double
  /// How many of the best passages are looked at.
  package var passageCount: Int

  package init(coverageWeight: Double, threshold: Double, passageCount: Int) {
    self.coverageWeight = coverageWeight
    self.threshold = threshold
    self.passageCount = passageCount
  }

  package static let measured = EvidenceRule(
    coverageWeight: 0.3, threshold: 0.55, passageCount: 3)

  package func strength(cosine: Double, coverage: Double) -> Double {
    cosine + coverageWeight * coverage
  }
}
