internal import Evaluation
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG

extension EvalCommand {
  /// The command `swiftrag eval answers --questions FILE --docs DIR`.
  struct Answers: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How often answers contain the right value and cite the right document.",
      discussion: """
        Indexes the documents in a temporary file and asks each question of the set. The JSON \
        file has the lists 'answerable' (question, document, and passage: the value that the \
        answer must contain) and 'unanswerable' (question). With a language model the answers \
        are prose, otherwise quotations.

          python3 Benchmarks/pocket/pocket_library.py --out library
          swiftrag eval answers --questions library/questions.json \\
            --docs library/documents -m Tests/Fixtures/pocket/pocket-Q4_K_M.gguf
        """)

    @Option(help: "A JSON file with the lists 'answerable' and 'unanswerable'.")
    var questions: String

    @Option(help: "The documents that the questions are about.", completion: .directory)
    var docs: String

    @Option(
      name: [.customShort("k"), .long], help: "How many passages to retrieve (default: top_k, 5).")
    var topK: Int?

    @Option(
      name: [.customShort("n"), .customLong("max-tokens")], help: "Most tokens of an answer.")
    var maxTokenCount = 64

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Language model") var languageModel: LanguageModelOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      try requireExisting([questions, docs])
      let set = try QuestionSet(path: questions)
      let evaluation = try withKnowledge { knowledge in
        let bar = ProgressBar(
          "asking", unit: "questions", total: set.answerable.count + set.unanswerable.count)
        defer { bar.finish() }
        return try AnswerEvaluation.run(set, progress: { bar.update(done: $0, total: $1) }) {
          try knowledge.ask($0)
        }
      }
      if json { return try answerJSON(evaluation) }
      show(evaluation)
    }

    /// Decodes greedily, so that a run can be repeated exactly.
    private func withKnowledge<Result>(_ body: (KnowledgeBase) throws -> Result) throws -> Result {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "swiftrag-eval-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let flags = [
        SettingFlag(.topK, "--top-k", topK),
        SettingFlag(.maxTokens, "--max-tokens", maxTokenCount),
        SettingFlag(.temperature, "--temperature", 0),
      ]
      let runtime = try makeRuntime(languageModel.settings + flags.compactMap { $0 })
      let knowledge = try KnowledgeBase(
        runtime: runtime, indexPath: folder.appending(path: "index.sqlite").path,
        backend: try runtime.answerBackend(model: languageModel.generatorOptions))
      _ = try knowledge.add(paths: [docs])
      return try body(knowledge)
    }

    private func show(_ evaluation: AnswerEvaluation) {
      func line(_ name: String, _ count: Int, of total: Int) {
        Terminal.answer(
          name.padding(toLength: 44, withPad: " ", startingAt: 0)
            + String(
              format: "%4d of %4d  %.3f", count, total, Double(count) / Double(max(1, total))))
      }
      let all = evaluation.answerableCount
      line("answered", evaluation.answeredCount, of: all)
      line("right value", evaluation.rightValueCount, of: all)
      line("right citation", evaluation.rightCitationCount, of: all)
      line("right value and citation", evaluation.rightCount, of: all)
      line(
        "right, but marked as unsupported", evaluation.rightDoubtedCount, of: evaluation.rightCount)
      line(
        "wrong, and marked as unsupported", evaluation.wrongDoubtedCount, of: evaluation.wrongCount)
      line(
        "unanswerable, refused for weak evidence", evaluation.weakEvidenceCount,
        of: evaluation.unanswerableCount)
      line(
        "unanswerable, declined by the model", evaluation.declinedCount,
        of: evaluation.unanswerableCount)
    }
  }
}
