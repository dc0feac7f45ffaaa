internal import Bytes
internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import Kernels
internal import Models
internal import RAG
internal import SwiftRAG

extension ModelsCommand {
  /// The command `swiftrag models prepare MODEL`.
  struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lay out a language model's weights once, so that each start is quick.",
      discussion: """
        The kernels read weights in an order of their own. A start reorders them, or maps the \
        file that this command writes: MODEL.gguf.rows16 beside the model, or in \
        $XDG_CACHE_HOME/swiftrag/prepared where that folder cannot be written. It is as large as \
        the weights, and the answers are the same bits. It is found without being named; when \
        the model changes it is ignored, with a note.

          swiftrag models prepare models/llm/mistral.gguf
          swiftrag models prepare mistral-7b-instruct-v0.2.Q4_K_M
          swiftrag models prepare --remove mistral-7b-instruct-v0.2.Q4_K_M
        """)

    @Argument(help: "A GGUF file, or a name below models/llm.", completion: .file())
    var model: String

    @Flag(help: "Remove the file instead; the model itself may be gone already.")
    var remove = false

    @OptionGroup var worker: ThreadOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
      let model: String
      let path: String
      let byteCount: Int
      let seconds: Double
      /// Whether it had been written before.
      let wasPrepared: Bool
    }

    private struct Removal: Encodable {
      let model: String
      let removed: [String]
    }

    func run() throws {
      common.apply()
      let locator = ModelLocator(configuration: try resolveConfiguration([:]))
      if remove { return try removePrepared(locator) }
      let path = try locator.languageModel(model)
      if let file = ModelLocator.preparedFiles(ofModelAt: path).first, file.problem == nil {
        return try answer(
          Report(
            model: path, path: file.path, byteCount: file.byteCount, seconds: 0, wasPrepared: true))
      }
      try prepare(path)
    }

    private func prepare(_ path: String) throws {
      let start = ContinuousClock.now
      let preparation = try LlamaModel.preparation(
        gguf: try Checkpoint.open(path: path), compute: ComputeContext(threadCount: worker.threads))
      // 256 MB may be on their way to a slow disk when Ctrl-C comes; then the file is removed.
      Interrupts.allow(graceMicroseconds: 10_000_000)
      let bar = ProgressBar(
        "preparing \(Paths.name(of: path))", unit: "MB",
        total: preparation.byteCount / 1_000_000)
      let outcome: WeightPreparation.Outcome
      do {
        defer { bar.finish() }
        outcome = try preparation.write(progress: { byteCount in
          bar.update(done: byteCount / 1_000_000)
          return !Interrupts.isRequested
        })
      } catch WeightPreparation.Failure.cancelled {
        Terminal.note(WeightPreparation.Failure.cancelled.description)
        throw ExitStatus.interrupted
      }
      for skipped in outcome.skippedPaths { Terminal.note("not written to \(skipped)") }
      try answer(
        Report(
          model: path, path: outcome.path, byteCount: outcome.byteCount,
          seconds: (ContinuousClock.now - start).inSeconds, wasPrepared: false))
    }

    private func answer(_ report: Report) throws {
      if json { return try answerJSON(report) }
      let took =
        report.wasPrepared ? "already prepared" : String(format: "%.1f s", report.seconds)
      Terminal.answer("\(report.path): \(byteText(report.byteCount)), \(took)")
    }

    private func removePrepared(_ locator: ModelLocator) throws {
      // A model that is gone is still named by its path.
      let path = (try? locator.languageModel(model)) ?? model
      let removed = try WeightPreparation.remove(ofModelAt: path)
      if json { return try answerJSON(Removal(model: path, removed: removed)) }
      for file in removed { Terminal.answer("removed \(file)") }
      if removed.isEmpty { Terminal.note("\(path): nothing was prepared") }
    }
  }
}
