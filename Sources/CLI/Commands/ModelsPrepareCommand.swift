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
      abstract: "Reorder a language model's weights once, so that every start is quick.",
      discussion: """
        The kernels need the weights in another order than the file has. Loading a model reorders \
        them, or maps the file that this command writes: MODEL.gguf.rows16 beside the model, or \
        in $XDG_CACHE_HOME/swiftrag/prepared if that folder cannot be written. The file is as \
        large as the weights, and the answers are the same to the bit. It is found \
        automatically; after a change of the model it is ignored, with a note.

          swiftrag models prepare models/llm/mistral.gguf
          swiftrag models prepare mistral-7b-instruct-v0.2.Q4_K_M
          swiftrag models prepare --remove mistral-7b-instruct-v0.2.Q4_K_M
        """)

    @Argument(help: "A GGUF file, or a name below models/llm.", completion: .file())
    var model: String

    @Flag(help: "Remove the prepared file; the model itself need not exist.")
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
      /// Whether the file already existed.
      let wasPrepared: Bool
    }

    private struct Removal: Encodable {
      let model: String
      let removed: [String]
    }

    func run() throws {
      common.apply()
      let locator = ModelLocator(configuration: try resolveConfiguration())
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
        gguf: try Checkpoint.open(path: path), compute: worker.runtime.compute)
      // On Ctrl-C up to 256 MB may still be written to a slow disk before the file is removed.
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
        throw ExitCode.interrupted
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
      // A model that is gone can still be named by its path.
      let path = (try? locator.languageModel(model)) ?? model
      let removed = try WeightPreparation.remove(ofModelAt: path)
      if json { return try answerJSON(Removal(model: path, removed: removed)) }
      for file in removed { Terminal.answer("removed \(file)") }
      if removed.isEmpty { Terminal.note("\(path): nothing was prepared") }
    }
  }
}
