internal import Evaluation
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import Store
internal import SwiftRAG

/// The commands `swiftrag eval retrieval|refusal|answers|support`.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Measure retrieval, refusal and answers on a question set.",
    subcommands: [
      Retrieval.self, Refusal.self, Answers.self, Support.self, WER.self,
    ])

  /// One line about what is measured: the size of a dataset, its language and the encoder.
  static func title(of dataset: SQuADDataset, encoder: any SentenceEncoder) -> String {
    let language = dataset.language.map { ", language \($0)" } ?? ""
    return
      "\(dataset.questions.count) questions, \(dataset.paragraphs.count) paragraphs\(language), "
      + encoder.modelName
  }

  /// The command `swiftrag eval retrieval --squad FILE`.
  struct Retrieval: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recall and mean reciprocal rank of dense, keyword and hybrid search.",
      discussion: """
        The file has SQuAD's layout, in any language: paragraphs with questions. Every paragraph is \
        indexed, and each question must find its own paragraph. Questions that the file marks as \
        impossible are left out.

          swiftrag eval retrieval --squad xquad.en.json
        """)

    @Option(help: "A JSON file in SQuAD's layout.", completion: .file())
    var squad: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    private struct Row: Encodable {
      let mode: SearchMode
      let metrics: RankingMetrics
    }

    func run() throws {
      common.apply()
      let runtime = try makeRuntime(compute.settings)
      let dataset = try SQuADDataset(path: squad)
      let encoder = try runtime.sentenceEncoder()
      let bar = ProgressBar("evaluating", unit: "questions", total: dataset.questions.count * 3)
      defer { bar.finish() }
      let evaluation = RetrievalEvaluation(dataset: dataset, encoder: encoder)
      let results = try evaluation.run(modes: [.dense, .keyword, .hybrid]) {
        bar.update(done: $0, total: $1)
      }
      bar.finish()
      if json {
        return try answerJSON(results.map { Row(mode: $0.mode, metrics: $0.metrics) })
      }
      Terminal.answer(EvalCommand.title(of: dataset, encoder: encoder))
      Terminal.answer("mode      recall@1  recall@5    MRR@10")
      for (mode, metrics) in results {
        Terminal.answer(
          mode.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            + String(
              format: "  %8.4f  %8.4f  %8.4f", metrics.recallAt1, metrics.recallAt5,
              metrics.meanReciprocalRankAt10))
      }
    }
  }

  /// The command `swiftrag eval refusal --squad FILE`.
  struct Refusal: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How often questions are refused rightly and wrongly.",
      discussion: """
        Each question of the SQuAD file, in any language, is asked with and without its article in \
        the index; one that the file marks as impossible must be refused. The \
        built-in rule is applied. For comparison, the best rule of a grid is fitted on the \
        even-numbered articles and applied to the odd-numbered ones.

          swiftrag eval refusal --squad xquad.en.json
          swiftrag eval refusal --questions questions.json --docs library
        """)

    @Option(help: "A JSON file in SQuAD's layout.", completion: .file())
    var squad: String?

    @Option(help: "A JSON file with the lists 'answerable' and 'unanswerable'.")
    var questions: String?

    @Option(help: "The documents that --questions is about.", completion: .directory)
    var docs: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if squad == nil && (questions == nil || docs == nil) {
        throw ValidationError("Give --squad FILE, or --questions FILE with --docs DIR.")
      }
    }

    private struct Row: Encodable {
      let name: String
      let outcome: RefusalEvaluation.Outcome
    }

    func run() throws {
      common.apply()
      let encoder = try makeRuntime(compute.settings).sentenceEncoder()
      var rows: [Row] = []
      if let squad {
        rows += try rowsOfSquad(path: squad, encoder: encoder)
      }
      if let questions, let docs {
        let set = try QuestionSet(path: questions)
        let result = try set.ask(documents: docs, encoder: encoder)
        rows.append(
          Row(
            name: "rule in force, question set",
            outcome: RefusalEvaluation.outcome(of: encoder.evidenceRule, on: result.observations)))
        Terminal.note(
          "question set: right document first \(result.metrics.recallAt1), among five "
            + "\(result.metrics.recallAt5); right sentence quoted "
            + "\(result.rightQuoteCount) of \(set.answerable.count)")
      }
      if json { return try answerJSON(rows) }
      Terminal.answer(
        "rule                          weight  threshold  answered  refused  balanced")
      for row in rows {
        Terminal.answer(
          row.name.padding(toLength: 28, withPad: " ", startingAt: 0)
            + String(
              format: "  %6.2f  %9.2f  %8.3f  %7.3f  %8.3f", row.outcome.coverageWeight,
              row.outcome.threshold, row.outcome.answeredShare, row.outcome.refusedShare,
              row.outcome.balancedAccuracy))
      }
    }

    private func rowsOfSquad(path: String, encoder: any SentenceEncoder) throws -> [Row] {
      let dataset = try SQuADDataset(path: path)
      Terminal.note(EvalCommand.title(of: dataset, encoder: encoder))
      let bar = ProgressBar("asking", unit: "questions", total: dataset.questions.count * 2)
      defer { bar.finish() }
      let observations = try RefusalEvaluation.observe(dataset: dataset, encoder: encoder) {
        bar.update(done: $0, total: $1)
      }
      let fitted = RefusalEvaluation.bestRule(on: observations.filter { $0.group % 2 == 0 })
      let cosineOnly = RefusalEvaluation.bestRule(
        on: observations.filter { $0.group % 2 == 0 }, maximumWeight: 0)
      let heldOut = observations.filter { $0.group % 2 == 1 }
      return [
        Row(
          name: "rule in force, all articles",
          outcome: RefusalEvaluation.outcome(of: encoder.evidenceRule, on: observations)),
        Row(
          name: "rule in force, odd articles",
          outcome: RefusalEvaluation.outcome(of: encoder.evidenceRule, on: heldOut)),
        Row(
          name: "fitted on even, on odd",
          outcome: RefusalEvaluation.outcome(of: fitted, on: heldOut)),
        Row(
          name: "cosine alone, fitted alike",
          outcome: RefusalEvaluation.outcome(of: cosineOnly, on: heldOut)),
      ]
    }
  }
}
