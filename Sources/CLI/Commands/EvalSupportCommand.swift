internal import Evaluation
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG

extension EvalCommand {
  /// The command `swiftrag eval support --squad FILE`.
  struct Support: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How well the citation check tells a statement's own passage from another one.",
      discussion: """
        A question with its answer serves as a statement in a person's own words. It is checked \
        against its own paragraph and against the best other paragraph that search finds. Each \
        sentence of a paragraph is checked against the next paragraph. This is repeated for \
        several shares of common words.

          swiftrag eval support --squad xquad.en.json
        """)

    @Option(help: "A JSON file in SQuAD's layout.", completion: .file())
    var squad: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let dataset = try SQuADDataset(path: squad)
      let encoder = try makeRuntime(compute.settings).sentenceEncoder()
      let bar = ProgressBar("checking", unit: "questions", total: dataset.questions.count)
      defer { bar.finish() }
      let observations = try SupportEvaluation.observe(dataset: dataset, encoder: encoder) {
        bar.update(done: $0, total: $1)
      }
      bar.finish()
      let rows = SupportEvaluation.rows(
        for: Array(stride(from: 0.2, through: 0.85, by: 0.05)), on: observations)
      if json { return try answerJSON(rows) }
      Terminal.answer("share  own supported  other refused  balanced  next paragraph refused")
      for row in rows {
        Terminal.answer(
          String(
            format: "%5.2f  %13.3f  %13.3f  %8.3f  %22.3f", row.wordShare, row.ownSupported,
            row.otherRefused, row.balanced, row.sentenceRefused))
      }
    }
  }
}
