package import Store

/// The strength of the retrieved passages as evidence for a question.
public struct Evidence: Sendable, Equatable, Codable {
  /// The largest cosine between the question and a passage; 0 if no vectors were searched.
  public let bestCosine: Double
  /// The largest share of the question's content words that one of the best passages contains, 0 to
  /// 1.
  public let wordCoverage: Double
  /// The largest probability that one of the best passages is a picture of what is asked for; nil if
  /// there is no picture among them.
  public let bestPictureRelevance: Double?
  /// The weighted sum of cosine and share, which the rule compares with its threshold.
  public let strength: Double
  /// Whether the evidence suffices for an answer.
  public let isSufficient: Bool

  /// Judges `passages`, best first, by `rule`.
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
    bestPictureRelevance = best.compactMap(\.pictureRelevance).max()
    let isShown = bestPictureRelevance ?? 0 >= PictureRelevance.threshold
    isSufficient = !passages.isEmpty && (strength >= rule.threshold || isShown)
  }
}

/// Decides whether evidence suffices: `cosine + coverageWeight * coverage >= threshold`.
///
/// The constants were measured with `swiftrag eval refusal`; the page on retrieval and answers has
/// the table.
package struct EvidenceRule: Sendable {
  /// The weight of the word coverage relative to the cosine.
  package var coverageWeight: Double
  /// The least strength that suffices.
  package var threshold: Double
  /// The number of best passages that are considered.
  package var passageCount: Int

  package init(coverageWeight: Double, threshold: Double, passageCount: Int) {
    self.coverageWeight = coverageWeight
    self.threshold = threshold
    self.passageCount = passageCount
  }

  /// The rule in force.
  package static let measured = EvidenceRule(
    coverageWeight: 0.3, threshold: 0.55, passageCount: 3)

  /// The left side of the inequality.
  package func strength(cosine: Double, coverage: Double) -> Double {
    cosine + coverageWeight * coverage
  }
}
