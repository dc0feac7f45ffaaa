internal import Bytes
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// The commands `swiftrag index ls|info|rm|rebuild|verify`.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "List, check and maintain the index.",
    discussion: """
        swiftrag index ls
        swiftrag index info --json
        swiftrag index rm ~/papers/old
        swiftrag index verify
      """,
    subcommands: [List.self, Info.self, Remove.self, Rebuild.self, Verify.self])

  static func path(_ options: IndexOptions) throws -> String {
    try makeRuntime(options.settings).indexPath
  }

  /// The command `swiftrag index ls`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "List the indexed documents.", aliases: ["list"])

    @Argument(help: "List only documents at or below this path.")
    var below: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var index: IndexOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let catalog = try IndexCatalog(path: IndexCommand.path(index))
      let documents = try catalog.documents(below: below)
      if json { return try answerJSON(documents) }
      for document in documents {
        let path = AnswerRenderer.shown(path: document.path)
        if let reason = document.skipReason {
          Terminal.answer(Style.dim.apply("skipped   \(path): \(droppingControls(reason))"))
        } else {
          let type = document.type.padding(toLength: 9, withPad: " ", startingAt: 0)
          Terminal.answer("\(type) \(path)  (\(Self.details(of: document)))")
        }
      }
      if documents.isEmpty { Terminal.note("no documents") }
    }

    /// The number of passages and, of a recording, its length and language.
    private static func details(of document: IndexCatalog.Document) -> String {
      var parts = [counted(document.chunkCount, "chunk")]
      if let seconds = document.durationSeconds { parts.append(durationText(seconds)) }
      if let code = document.language {
        parts.append(WhisperLanguages.name(of: code) ?? droppingControls(code))
      }
      return parts.joined(separator: ", ")
    }
  }

  /// The command `swiftrag index info`.
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show counts, sizes, the model and the content hash.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var index: IndexOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let information = try IndexCatalog(path: IndexCommand.path(index)).information()
      if json { return try answerJSON(information) }
      let types = information.documentsByType.sorted { $0.key < $1.key }
        .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      Terminal.answer("index      \(information.path) (\(byteText(information.indexByteCount)))")
      Terminal.answer("documents  \(information.documents) (\(types.isEmpty ? "none" : types))")
      Terminal.answer("skipped    \(information.skipped)")
      Terminal.answer("chunks     \(information.chunks)")
      Terminal.answer("sources    \(byteText(information.sourceByteCount))")
      Terminal.answer(
        "model      \(droppingControls(information.model)), \(information.dimension) elements, "
          + "sha256 \(information.modelHash.prefix(16))…")
      Terminal.answer("chunker    \(droppingControls(information.chunker))")
      Terminal.answer("content    sha256 \(information.contentHash)")
    }
  }

  /// The command `swiftrag index rm PATH...`.
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Remove documents from the index; the files themselves stay.")

    @Argument(help: "Files and folders.")
    var paths: [String]

    @OptionGroup var index: IndexOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let catalog = try IndexCatalog(path: IndexCommand.path(index), mayWrite: true)
      let removed = try catalog.remove(below: paths)
      for path in removed { Terminal.answer("removed \(AnswerRenderer.shown(path: path))") }
      if removed.isEmpty {
        throw CommandFailure(
          "not in the index: \(paths.map { shownName($0) }.joined(separator: ", "))\n  try: swiftrag index ls",
          .missingInput)
      }
    }
  }

  /// The command `swiftrag index rebuild`.
  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read and embed every document again, for another model or version.",
      discussion: """
        Says first how many passages are embedded again and about how long that takes. It may be \
        interrupted: the next run continues with the documents that are left.

          swiftrag index rebuild --dry-run
          swiftrag index rebuild --model multilingual-e5-small
        """)

    @Flag(help: "Say what it costs, and change nothing.")
    var dryRun = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var index: IndexOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let runtime = try makeRuntime(compute.settings + index.settings + reading.settings)
      let cost = try KnowledgeBase.rebuildCost(runtime: runtime)
      if dryRun { return Terminal.answer(Self.text(of: cost)) }
      Terminal.note(Self.text(of: cost))
      let progress = IngestProgress(isVerbose: common.verbose)
      defer { progress.finish() }
      Interrupts.onInterrupt { "interrupted: run the command again to continue" }
      let report = try KnowledgeBase.rebuild(
        runtime: runtime, report: { progress.show($0) }, shouldStop: { Interrupts.isRequested })
      progress.finish()
      Terminal.answer(IngestProgress.summary(report))
      IngestProgress.showNotes(report, runtime: runtime)
      if report.wasInterrupted { throw ExitCode.interrupted }
    }

    /// The cost in a sentence.
    static func text(of cost: KnowledgeBase.RebuildCost) -> String {
      let documents = counted(cost.documentCount, "document")
      if cost.isContinuation {
        return "an interrupted rebuild is continued: \(documents) left for \(cost.newModel)"
      }
      let time = cost.estimatedSeconds.map { ", about \(durationText(max(1, $0)))" } ?? ""
      let model =
        cost.currentModel == cost.newModel
        ? "with \(cost.newModel)"
        : "with \(cost.newModel) instead of \(droppingControls(cost.currentModel))"
      return
        "\(documents) and \(cost.chunkCount) passages are read and embedded again \(model)\(time)"
    }
  }

  /// The command `swiftrag index verify`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read the whole index and check that its parts agree.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var index: IndexOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let catalog = try IndexCatalog(path: IndexCommand.path(index), mayWrite: true)
      let verification = try catalog.verify()
      if json {
        try answerJSON(verification)
      } else {
        for note in verification.notes { Terminal.note(droppingControls(note)) }
        for problem in verification.problems {
          Terminal.answer("wrong: " + droppingControls(problem))
        }
        if verification.isWhole {
          Terminal.answer(
            "the index is whole: \(counted(verification.documents, "document")), "
              + counted(verification.chunks, "chunk")
          )
        }
      }
      if !verification.isWhole {
        throw CommandFailure(
          "the index is damaged\n  try: swiftrag index rebuild, which reads every document again",
          .invalidData)
      }
    }
  }
}

/// A number of bytes as text, in powers of 1,000 like the sizes of disks and `ls --si`.
func byteText(_ byteCount: Int) -> String {
  let units = ["bytes", "kB", "MB", "GB", "TB"]
  var value = Double(byteCount)
  var unit = 0
  while value >= 1000 && unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  return unit == 0 ? "\(byteCount) bytes" : String(format: "%.1f %@", value, units[unit])
}
