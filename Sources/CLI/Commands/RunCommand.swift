internal import ArgumentParser
internal import Foundation
internal import RAG
internal import SwiftRAG

/// The command `swiftrag run [QUESTION]`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Answer questions from documents, with citations.",
    discussion: """
      Indexes what is new below --docs, then answers. Without --docs it answers from what was indexed
      before, or from the bundled sample library when nothing was. On a terminal without a question
      it stays in a conversation.
        swiftrag run "What does a family ticket cost?"
        swiftrag run --docs ~/papers "Which catalyst was cheapest?"
        swiftrag run --docs ~/papers
        echo "Who signed the lease?" | swiftrag run --docs contract.pdf - --json
      """)

  @Argument(help: "The question; - reads it from standard input.")
  var question: String?

  @Option(
    parsing: .upToNextOption, help: "Files and folders to index and to answer from.",
    completion: .file())
  var docs: [String] = []

  @Flag(help: "Print the answer as JSON.")
  var json = false

  @Flag(help: "Show the passages that an answer would rest on, and answer nothing.")
  var dryRun = false

  @OptionGroup var search: SearchOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    let configuration = try resolveConfiguration(
      compute.settings.merging(index.settings) { $1 }.merging(search.settings) { $1 })
    var (docs, text) = (self.docs, question)
    // `run --docs DIR "a question"`: the option takes all that follows, so a last word that is no
    // file is the question.
    if text == nil, docs.count > 1, let last = docs.last,
      last == "-" || !FileManager.default.fileExists(atPath: last)
    {
      text = docs.removeLast()
    }
    try requireExisting(docs)
    let knowledge = try openIndex(configuration: configuration, docs: docs)
    let filter = search.filter(additionalPaths: docs)
    if text == nil && Terminal.inputIsTerminal && !json {
      return try converse(knowledge, filter: filter)
    }
    try answer(try textArgument(text ?? "-"), from: knowledge, filter: filter)
  }

  /// The folders that citations are shown from.
  private var roots: [String] {
    (docs + [Folders.sampleLibrary].compactMap { $0 }).map(absoluteIfExists)
  }

  /// Opens the index that this run answers from, brought up to date.
  private func openIndex(configuration: Configuration, docs: [String]) throws -> KnowledgeBase {
    let indexPath = KnowledgeBase.defaultIndexPath(configuration: configuration)
    if !docs.isEmpty {
      let knowledge = try KnowledgeBase(configuration: configuration)
      try update(knowledge, paths: docs, what: docs.joined(separator: ", "))
      return knowledge
    }
    if FileManager.default.fileExists(atPath: indexPath) || configuration.text(.indexPath) != nil {
      return try KnowledgeBase(configuration: configuration, mayCreate: false)
    }
    guard let library = Folders.sampleLibrary else {
      throw CommandFailure(
        "nothing is indexed yet\n  try: swiftrag run --docs DIR \"your question\"",
        status: ExitStatus.noInput)
    }
    let knowledge = try KnowledgeBase(
      configuration: configuration, indexPath: KnowledgeBase.sampleIndexPath)
    try update(knowledge, paths: [library], what: "the bundled sample library")
    Terminal.note(
      "This is the bundled sample library; swiftrag run --docs DIR answers from your own files.\n")
    return knowledge
  }

  private func update(_ knowledge: KnowledgeBase, paths: [String], what: String) throws {
    let report = try addShowingProgress(paths, to: knowledge, isVerbose: common.verbose)
    if report.wasInterrupted { throw ExitStatus.interrupted }
    if !report.changedNothing || common.verbose {
      Terminal.note("indexed \(what): \(IngestProgress.summary(report))")
    }
    if report.unchangedCount + report.addedCount + report.updatedCount + report.renamedCount == 0 {
      throw CommandFailure(
        "no readable document in \(what)\n  readable are TXT, MD, HTML, DOCX and PDF",
        status: ExitStatus.noInput)
    }
  }

  private func answer(
    _ text: String, from knowledge: KnowledgeBase, filter: RetrievalFilter
  ) throws {
    if dryRun {
      let passages = try knowledge.search(text, filter: filter)
      if json { return try answerJSON(passages) }
      let renderer = AnswerRenderer(isVerbose: true, roots: roots)
      for (position, passage) in passages.enumerated() {
        for line in renderer.lines(for: passage, number: position + 1) { Terminal.answer(line) }
      }
      return
    }
    let answer = try knowledge.ask(text, filter: filter)
    if json { return try answerJSON(answer) }
    for line in AnswerRenderer(isVerbose: common.verbose, roots: roots).lines(for: answer) {
      Terminal.answer(line)
    }
  }

  /// Question after question, until the end of input or `/quit`.
  private func converse(_ knowledge: KnowledgeBase, filter: RetrievalFilter) throws {
    Terminal.note(
      "Ask about your documents. Answers are quoted from them. /quit or Ctrl-D ends; /help says more."
    )
    while true {
      Terminal.write(Style.bold.apply("\n> ", output: false), to: 2)
      guard let line = readLine() else {
        Terminal.write("\n", to: 2)
        return
      }
      let text = line.trimmingCharacters(in: .whitespaces)
      switch text {
      case "": continue
      case "/quit", "/exit", "/bye", "/q": return
      case "/help", "/?":
        Terminal.note(
          "Type a question and press Enter. Each is answered by itself from the indexed documents.\n"
            + "/quit ends. A language model would answer in prose; none is built in yet, so answers\n"
            + "are quotations. Start with --verbose to see scores.")
      case _ where text.hasPrefix("/"):
        Terminal.note("unknown command \(printable(text)); /help lists the commands")
      default:
        do { try answer(text, from: knowledge, filter: filter) } catch {
          Terminal.complain("error: \(error)")
        }
      }
    }
  }
}
