import Foundation
import RAG
import Testing

@Suite struct EvaluationTests {
  @Test func metricsCountRanks() {
    var metrics = RankingMetrics()
    for rank in [1, 2, 5, 6, 11, nil] as [Int?] { metrics.add(rank: rank) }
    #expect(metrics.questionCount == 6)
    #expect(metrics.recallAt1 == 1.0 / 6)
    #expect(metrics.recallAt5 == 3.0 / 6)
    #expect(abs(metrics.meanReciprocalRankAt10 - (1 + 0.5 + 0.2 + 1.0 / 6) / 6) < 1e-12)
    #expect(RankingMetrics().recallAt1 == 0)
  }

  private func dataset(_ json: String) throws -> SQuADDataset {
    let file = FileManager.default.temporaryDirectory.appending(path: "squad-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(json.utf8).write(to: file)
    return try SQuADDataset(path: file.path)
  }

  @Test func aSmallDatasetIsRetrievedPerfectly() throws {
    let data = try dataset(
      """
      {"data": [
        {"paragraphs": [
          {"context": "apples grow on trees", "qas": [{"question": "where do apples grow"}]},
          {"context": "apples grow on trees", "qas": [{"question": "apples grow on"}]}]},
        {"paragraphs": [{"context": "fish swim in water", "qas": [{"question": "where fish swim"}]}]}
      ]}
      """)
    #expect(data.paragraphs.count == 2, "equal paragraphs are one")
    #expect(data.articles == [0, 1])
    let results = try RetrievalEvaluation(dataset: data, encoder: HashingEncoder())
      .run(modes: [.dense, .keyword, .hybrid])
    for (mode, metrics) in results {
      #expect(metrics.recallAt1 == 1, "\(mode)")
      #expect(metrics.questionCount == 3)
    }
  }

  @Test(arguments: ["", "[]", "{\"data\": 3}", "{\"data\": [{\"paragraphs\": [{}]}]}"])
  func aFileOfAnotherLayoutIsNamed(json: String) {
    #expect(throws: SQuADDataset.Failure.self) { try dataset(json) }
  }

  @Test func aRuleIsJudgedByBothKindsOfQuestions() {
    let observations = [
      RefusalEvaluation.Observation(
        isAnswerable: true, bestCosine: 0.7, wordCoverage: 1, group: 0),
      RefusalEvaluation.Observation(
        isAnswerable: true, bestCosine: 0.2, wordCoverage: 0, group: 0),
      RefusalEvaluation.Observation(
        isAnswerable: false, bestCosine: 0.3, wordCoverage: 0, group: 0),
    ]
    let rule = EvidenceRule(coverageWeight: 0, threshold: 0.5, passageCount: 3)
    let outcome = RefusalEvaluation.outcome(of: rule, on: observations)
    #expect(outcome.answeredShare == 0.5 && outcome.refusedShare == 1)
    let best = RefusalEvaluation.bestRule(on: observations)
    #expect(RefusalEvaluation.outcome(of: best, on: observations).balancedAccuracy >= 0.75)
  }
}
