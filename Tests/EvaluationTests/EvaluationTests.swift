@testable import Evaluation
import Foundation
import Testing

@testable import RAG
@testable import Store

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
        isAnswerable: true, passages: [.init(cosine: 0.7, coverage: 1)], group: 0),
      RefusalEvaluation.Observation(
        isAnswerable: true, passages: [.init(cosine: 0.2, coverage: 0)], group: 0),
      RefusalEvaluation.Observation(
        isAnswerable: false, passages: [.init(cosine: 0.3, coverage: 0)], group: 0),
    ]
    let rule = EvidenceRule(coverageWeight: 0, threshold: 0.5, passageCount: 3)
    let outcome = RefusalEvaluation.outcome(of: rule, on: observations)
    #expect(outcome.answeredShare == 0.5 && outcome.refusedShare == 1)
    let best = RefusalEvaluation.bestRule(on: observations)
    #expect(RefusalEvaluation.outcome(of: best, on: observations).balancedAccuracy >= 0.75)
  }

  @Test func answersAreCountedByValueAndCitation() throws {
    func item(_ document: String?, _ passage: String?) throws -> QuestionSet.Item {
      var fields = ["question": "What does it cost?"]
      fields["document"] = document
      fields["passage"] = passage
      return try JSONDecoder().decode(QuestionSet.Item.self, from: JSONEncoder().encode(fields))
    }
    let passages = [
      TestPassage.make("Bread costs 3 euros.", path: "/bread.txt"),
      TestPassage.make("Jam costs 5 euros.", path: "/jam.txt"),
    ]
    func answer(
      _ text: String, cites: [Int], doubted: [String] = [], to question: String = "bread costs"
    ) -> Answer {
      var answer = Answer(
        to: AnswerRequest(question: question, passages: passages), backend: "test")
      answer.isAnswered = !text.isEmpty
      (answer.text, answer.citedNumbers, answer.unsupportedSentences) = (text, cites, doubted)
      return answer
    }
    let bread = try item("bread.txt", "3 Euros")
    var evaluation = AnswerEvaluation()
    evaluation.add(answer("It costs 3 euros [1].", cites: [1]), to: bread)
    evaluation.add(answer("It costs 3 euros [2].", cites: [2], doubted: ["It"]), to: bread)
    evaluation.add(answer("It costs 5 euros [1].", cites: [1]), to: bread)
    evaluation.add(answer("It costs 3 euros [1][2].", cites: [1, 2]), to: bread)
    evaluation.add(answer("", cites: []), to: bread)
    #expect(evaluation.answerableCount == 5 && evaluation.answeredCount == 4)
    #expect(evaluation.rightValueCount == 3)
    #expect(evaluation.rightCitationCount == 2)
    #expect(evaluation.rightCount == 1 && evaluation.rightDoubtedCount == 0)
    #expect(evaluation.wrongCount == 3 && evaluation.wrongDoubtedCount == 1)
    let unanswerable = try item(nil, nil)
    // No passage has the words, and none has a cosine, so the evidence is weak.
    evaluation.add(
      answer("It costs 3 euros [1].", cites: [1], to: "harbour tides"), to: unanswerable)
    #expect(evaluation.unanswerableCount == 1 && evaluation.weakEvidenceCount == 1)
  }

  @Test(arguments: [
    ("It costs 21 g.", "21 G", true), ("It costs 121 g.", "21 g", false),
    ("In 1975.", "75", false), ("75 times", "75", true), ("The  old\nmill", "old mill", true),
    ("anything", "", false),
  ])
  func aNumberIsNoPartOfALongerOne(text: String, value: String, holds: Bool) {
    #expect(AnswerEvaluation.holds(text, value) == holds)
  }

  /// Each question is asked with its article and without it.
  @Test func backendsAnswerTheQuestionsOfAFile() throws {
    let data = try dataset(
      """
      {"data": [{"paragraphs": [
        {"context": "Apples grow on old trees.",
         "qas": [{"question": "where do apples grow", "answers": [{"text": "on old trees"}]},
                 {"question": "apples grow when", "answers": [{"text": "in May"}]}]}]},
       {"paragraphs": [
        {"context": "Fish swim in water.",
         "qas": [{"question": "where do fish swim", "answers": [{"text": "water"}]}]}]}]}
      """)
    let encoder = HashingEncoder()
    let backend = ExtractiveBackend(encoder: encoder)
    let runs = try AnswerEvaluation.run(
      dataset: data, encoder: encoder, backends: [backend, backend], passageCount: 3)
    #expect(runs.count == 2 && runs[0] == runs[1])
    #expect(runs[0].answerableCount == 3 && runs[0].unanswerableCount == 3)
    #expect(runs[0].rightValueCount == 2 && runs[0].rightCitationCount == 3)
    #expect(runs[0].weakEvidenceCount == 3)
    let some = try AnswerEvaluation.run(
      dataset: data, encoder: encoder, backends: [backend], limit: 2, passageCount: 3)
    #expect(some[0].answerableCount == 2)
  }

  @Test func quotationsAreJudgedByTheAnswersOfTheFile() throws {
    let data = try dataset(
      """
      {"data": [{"paragraphs": [
        {"context": "Where do apples grow? Apples grow on old trees.",
         "qas": [{"question": "where do apples grow", "answers": [{"text": "On old  trees"}]},
                 {"question": "apples grow when", "answers": [{"text": "in May"}]},
                 {"question": "why", "answers": [], "is_impossible": true}]},
        {"context": "Fish swim in water.",
         "qas": [{"question": "where do fish swim", "answers": [{"text": "water"}]}]}]}]}
      """)
    #expect(data.questions.map(\.isImpossible) == [false, false, true, false])
    let runs = try QuotationEvaluation.run(
      dataset: data, encoder: HashingEncoder(),
      weights: [.measured] + QuoteWeights.withoutOnePart.map(\.weights))
    let evaluation = runs[0]
    #expect(runs.count == 7 && runs.allSatisfy { $0.all.questions == 3 })
    #expect(evaluation.all.questions == 3)
    #expect(evaluation.all.rightParagraph == 3)
    #expect(evaluation.all.rightQuotation == 2)
    #expect(evaluation.byKind[.place]?.rightQuotation == 2)
    let refusals = try RefusalEvaluation.observe(dataset: data, encoder: HashingEncoder())
    // The impossible question is asked once.
    #expect(refusals.count == 7 && refusals.count { !$0.isAnswerable } == 4)
  }

  @Test func supportSeparatesAParagraphFromTheNext() throws {
    let data = try dataset(
      """
      {"data": [{"paragraphs": [
        {"context": "Apples grow on trees. Pears do too.",
         "qas": [{"question": "where do apples grow", "answers": [{"text": "on trees"}]}]},
        {"context": "Fish swim in water, not on trees.",
         "qas": [{"question": "where do fish swim", "answers": [{"text": "water"}]}]}]}]}
      """)
    let observations = try SupportEvaluation.observe(dataset: data, encoder: HashingEncoder())
    // Two sentences before the next paragraph, two statements before both paragraphs.
    #expect(observations.count == 6)
    let rows = SupportEvaluation.rows(for: [0.2, 0.5], on: observations)
    #expect(rows.map(\.ownSupported) == [1, 1])
    #expect(rows[1].otherRefused == 1 && rows[1].sentenceRefused == 1)
    // "trees" occurs in both.
    #expect(rows[0].otherRefused == 0.5 && rows[0].sentenceRefused == 0.5)
  }
}

private enum TestPassage {
  static func make(_ text: String, path: String) -> Passage {
    Passage(
      citation: Citation(
        path: path, title: nil, type: "text", page: nil, lines: 1...1, heading: nil,
        textBytes: 0..<text.utf8.count, sourceBytes: nil, documentSHA256: ""),
      text: text, score: 1, cosine: nil, denseRank: nil, keywordRank: 1)
  }
}
