internal import Bytes
internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG

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
          let type = document.type.padding(toLength: 8, withPad: " ", startingAt: 0)
          Terminal.answer("\(type)  \(path)  (\(document.chunkCount) chunks)")
        }
      }
      if documents.isEmpty { Terminal.note("no documents") }
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
          "not in the index: \(paths.joined(separator: ", "))\n  try: swiftrag index ls",
          .missingInput)
      }
    }
  }

  /// The command `swiftrag index rebuild`.
  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read and embed every document again, for another model or version.")

    @OptionGroup var index: IndexOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let runtime = try makeRuntime(compute.settings + index.settings)
      let progress = IngestProgress(isVerbose: common.verbose)
      defer { progress.finish() }
      Interrupts.onInterrupt { "interrupted: run the command again, or add the missing files" }
      let report = try KnowledgeBase.rebuild(
        runtime: runtime, report: { progress.show($0) }, shouldStop: { Interrupts.isRequested })
      progress.finish()
      Terminal.answer(IngestProgress.summary(report))
      if report.wasInterrupted { throw ExitCode.interrupted }
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
            "the index is whole: \(verification.documents) documents, \(verification.chunks) chunks"
          )
        }
      }
      if !verification.isWhole { throw ExitCode(.invalidData) }
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
