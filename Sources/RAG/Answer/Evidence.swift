package import Store

/// The strength of the retrieved passages as evidence for a question.
public struct Evidence: Sendable, Equatable, Codable {
  /// The cosine between the question and the strongest passage; 0 if no vectors were searched.
  public let bestCosine: Double
  /// The share of the question's content words that the strongest passage contains, 0 to 1, weighted
  /// by how rare they are in the index.
  public let wordCoverage: Double
  /// The largest probability that one of the best passages is a picture of what is asked for; nil if
  /// there is no picture among them.
  public let bestPictureRelevance: Double?
  /// The weighted sum of cosine and share, which the rule compares with its threshold.
  public let strength: Double
  /// Whether the evidence suffices for an answer.
  public let isSufficient: Bool

  /// Judges `passages` by the strongest of the best.
  ///
  /// - Parameters:
  ///   - question: as it was searched.
  ///   - passages: best first.
  ///   - weights: of the question's words.
  ///   - rule: decides whether the evidence suffices; ``SentenceEncoder/evidenceRule(for:)`` chooses one.
  package init(
    question: String, passages: [Passage], weights: WordWeights = .even,
    rule: EvidenceRule = .measured
  ) {
    self.init(
      JudgedPassages(question: question, passages: passages, weights: weights, rule: rule))
  }

  /// The evidence of passages that were judged.
  init(_ judged: JudgedPassages) {
    let (passages, rule) = (judged.passages, judged.rule)
    let strongest = judged.evidence.max { rule.strength(of: $0) < rule.strength(of: $1) }
    bestCosine = strongest?.cosine ?? 0
    wordCoverage = strongest?.coverage ?? 0
    strength = strongest.map { rule.strength(of: $0) } ?? 0
    bestPictureRelevance = passages.compactMap(\.pictureRelevance).max()
    let isShown = bestPictureRelevance ?? 0 >= PictureRelevance.threshold
    isSufficient = !passages.isEmpty && (strength >= rule.threshold || isShown)
  }
}

/// The evidence that one passage answers a question.
package struct PassageEvidence: Sendable, Equatable, Encodable {
  /// The cosine between the question and the passage; 0 if no vectors were searched.
  package let cosine: Double
  /// The weighted share of the question's content words in the passage and the headings above it.
  package let coverage: Double

  package init(cosine: Double, coverage: Double) {
    self.cosine = cosine
    self.coverage = coverage
  }

  /// The evidence of a passage for a question with these content words.
  init(of passage: Passage, words: Set<String>, weights: WordWeights) {
    let present = ContentForms.all(of: passage.text + " " + (passage.citation.heading ?? ""))
    self.init(
      cosine: passage.cosine ?? 0, coverage: weights.coverage(of: words, in: present))
  }

  /// The evidence of each passage, in the same order.
  package static func of(
    _ passages: [Passage], question: String, weights: WordWeights
  ) -> [PassageEvidence] {
    let words = ContentWords.of(QuestionSubject.of(question))
    return passages.map { PassageEvidence(of: $0, words: words, weights: weights) }
  }
}

/// The best passages for a question, each with its evidence, which is computed once and then used to
/// decide whether to answer and what to show.
package struct JudgedPassages: Sendable {
  /// As it was searched.
  let question: String
  /// The best passages, best first.
  let passages: [Passage]
  /// The evidence of each of ``passages``.
  let evidence: [PassageEvidence]
  let rule: EvidenceRule

  /// Judges the best passages.
  ///
  /// - Parameters:
  ///   - question: as it was searched.
  ///   - passages: best first.
  ///   - weights: of the question's words.
  ///   - rule: says how many passages count, and how words are weighed.
  package init(
    question: String, passages: [Passage], weights: WordWeights, rule: EvidenceRule
  ) {
    self.question = question
    self.passages = Array(passages.prefix(rule.passageCount))
    self.rule = rule
    evidence = PassageEvidence.of(
      self.passages, question: question, weights: rule.weighing(weights))
  }

  /// The passages each of which would suffice as evidence, best first.
  var bearing: [Passage] {
    zip(passages, evidence).filter { rule.bears($0, strength: rule.strength(of: $1)) }.map(\.0)
  }

  /// The evidence of a passage for a question; nil if it was not judged for that question.
  func evidence(of passage: Passage, for question: String, by rule: EvidenceRule)
    -> PassageEvidence?
  {
    guard question == self.question, rule == self.rule else { return nil }
    return passages.firstIndex { $0.citation == passage.citation }.map { evidence[$0] }
  }
}

/// Decides whether evidence suffices:
/// `cosineWeight * cosine + coverageWeight * coverage >= threshold` for one of the best passages.
///
/// The constants were measured with `swiftrag eval refusal`; the page on retrieval and answers has
/// the table.
package struct EvidenceRule: Sendable, Equatable {
  /// The weight of the cosine; 0 where vectors mean nothing.
  package var cosineWeight = 1.0
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

  /// The rule for questions in a script that the encoder does not know: half of the content words, or
  /// groups of characters, must be in one passage.
  ///
  /// One word of two is the least that a question about something else seldom has.
  package static let wordsAlone: EvidenceRule = {
    var rule = EvidenceRule(coverageWeight: 1, threshold: 0.5, passageCount: 3)
    rule.cosineWeight = 0
    return rule
  }()

  /// The rule in force.
  package static let measured = EvidenceRule(
    coverageWeight: 0.85, threshold: 0.75, passageCount: 3)

  /// The rule for encoders with prompts before questions and passages: multilingual-e5.
  ///
  /// They were trained with a temperature of 0.01 and place unrelated texts at cosines of 0.7 to 0.8
  /// (Wang and others 2024, arXiv:2402.05672). Fitted on the even articles of English XQuAD with
  /// multilingual-e5-small in Q8_0; on the odd ones 0.965 are answered and 0.969 refused rightly.
  package static let prompted = EvidenceRule(
    coverageWeight: 0.05, threshold: 0.85, passageCount: 3)

  /// The weights that the rule counts words with.
  ///
  /// Groups of characters overlap, so their frequencies do not say how much each of them tells.
  package func weighing(_ weights: WordWeights) -> WordWeights {
    cosineWeight == 0 ? .even : weights
  }

  /// The left side of the inequality.
  package func strength(cosine: Double, coverage: Double) -> Double {
    cosineWeight * cosine + coverageWeight * coverage
  }

  /// Whether a passage bears on the question by itself: its evidence suffices, or it is a picture of what
  /// is asked for.
  func bears(_ passage: Passage, strength: Double) -> Bool {
    strength >= threshold || passage.pictureRelevance ?? 0 >= PictureRelevance.threshold
  }

  /// The left side of the inequality for one passage.
  package func strength(of evidence: PassageEvidence) -> Double {
    strength(cosine: evidence.cosine, coverage: evidence.coverage)
  }
}
