internal import ArgumentParser
internal import Documents
internal import RAG
internal import SwiftRAG

/// The command `swiftrag add PATH...`.
struct AddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Index files and folders.",
    discussion: """
      Reads \(DocumentType.displayNames). Only new and changed files are read; files that are no \
      longer in the given folders are removed from the index. The command may be interrupted at \
      any time and run again. Pictures are files, pictures in documents, figures on the pages of \
      a PDF, and its pages without text; with a picture model in models/clip they are found by what they show, \
      otherwise by their captions. Recordings and films are transcribed with the Whisper in \
      models/whisper; their passages are cited by time. A file that cannot be read for a moment \
      keeps its passages; one that cannot be indexed is tried again when it has changed.

        swiftrag add ~/papers notes.md
        swiftrag add ~/meetings
        swiftrag add ~/photos --ocr off
        swiftrag add ~/papers --json
        swiftrag add ~/papers --check content
      """)

  @Argument(help: "Files and folders.", completion: .file())
  var paths: [String]

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(help: "List the files that would be read, and change nothing.")
  var dryRun = false

  @Option(help: "How to find changed files: by size and time, or by content (reads every file).")
  var check: ChangeCheck = .time

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    try requireExisting(paths)
    if dryRun { return try listDocuments() }
    let runtime = try makeRuntime(compute.settings + index.settings + reading.settings)
    let knowledge = try KnowledgeBase(withoutLanguageModel: runtime)
    let report = try addShowingProgress(
      paths, to: knowledge, isVerbose: common.verbose, checksContent: check == .content)
    if json {
      try answerJSON(report)
    } else {
      Terminal.answer(IngestProgress.summary(report))
    }
    IngestProgress.showNotes(report, runtime: runtime)
    if report.wasInterrupted { throw ExitCode.interrupted }
  }

  private func listDocuments() throws {
    for path in KnowledgeBase.documents(below: paths) { Terminal.answer(shownName(path)) }
  }
}

/// The evidence that a file has not changed since it was indexed.
enum ChangeCheck: String, CaseIterable, ExpressibleByArgument {
  /// Its size and modification time.
  case time
  /// Its bytes, for programs that write without a new time.
  case content
}

/// Adds the paths, and shows progress and skipped files on standard error.
func addShowingProgress(
  _ paths: [String], to knowledge: KnowledgeBase, isVerbose: Bool, checksContent: Bool = false
) throws -> IngestReport {
  let progress = IngestProgress(isVerbose: isVerbose)
  Interrupts.onInterrupt {
    "interrupted: the files indexed so far are kept; run the command again to continue"
  }
  defer {
    progress.finish()
    Interrupts.onInterrupt(say: nil)
  }
  return try knowledge.add(
    paths: paths, checksContent: checksContent, report: { progress.show($0) },
    shouldStop: { Interrupts.isRequested })
}
