internal import Bytes
internal import Generation
internal import ArgumentParser
internal import Documents
internal import Foundation
internal import RAG
internal import Store
internal import SwiftRAG

/// The command `swiftrag run [QUESTION]`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Answer questions from documents, with citations.",
    discussion: """
      Indexes what is new below --docs, then answers. Without --docs it answers from what was \
      indexed before, or from the bundled sample library when nothing was. On a terminal without \
      a question it stays in a conversation. With a language model (-m, model_path, or a GGUF \
      file in models/llm) the answer is prose with citations; without one it is a quotation.

        swiftrag run "What does a family ticket cost?"
        swiftrag run --docs ~/papers "Which catalyst was cheapest?"
        swiftrag run --docs ~/papers
        swiftrag run -m mistral.gguf "Compare the two catalysts."
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

  @Flag(
    help:
      "Show the passages, and a language model's prompt, that an answer would rest on; no answer.")
  var dryRun = false

  @Flag(help: "Show a language model's prompt before its answer, on standard error.")
  var showContext = false

  @Flag(help: "Print a language model's token counts, speeds and memory to standard error.")
  var stats = false

  @Option(help: "Who answers: auto, native, openai or quote (default: model_backend, auto).")
  var backend: String?

  @Option(
    name: [.customShort("n"), .customLong("max-tokens")], parsing: .unconditional,
    help: "Tokens of an answer at most (default: max_tokens, 512).")
  var maxTokenCount: Int?

  @Option(
    name: [.customLong("temp"), .customLong("temperature")], parsing: .unconditional,
    help: "A language model's temperature (default: temperature, 0.2).")
  var temperature: Double?

  @Option(help: "Sentence encoder: a folder, a GGUF file, or a name below models/embeddings.")
  var embeddingModel: String?

  @OptionGroup var search: SearchOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup(title: "Language model") var languageModel: LanguageModelOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    let configuration = try resolveConfiguration(settings)
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

  private var settings: [Setting: String] {
    var settings = languageModel.settings
      .merging(index.settings) { $1 }.merging(search.settings) { $1 }
    settings[.modelBackend] = backend
    settings[.maxTokens] = maxTokenCount.map(String.init)
    settings[.temperature] = temperature.map { String($0) }
    settings[.embeddingModel] = embeddingModel
    return settings
  }

  /// The folders that citations are shown from.
  private var roots: [String] {
    (docs + [Folders.sampleLibrary].compactMap { $0 }).map { Paths.canonical($0) ?? $0 }
  }

  /// Opens the index that this run answers from, brought up to date.
  private func openIndex(configuration: Configuration, docs: [String]) throws -> KnowledgeBase {
    let indexPath = KnowledgeBase.defaultIndexPath(configuration: configuration)
    if !docs.isEmpty {
      let knowledge = try knowledgeBase(configuration)
      try update(knowledge, paths: docs, what: docs.joined(separator: ", "))
      return knowledge
    }
    if FileManager.default.fileExists(atPath: indexPath) || configuration.text(.indexPath) != nil {
      return try knowledgeBase(configuration, mayCreate: false)
    }
    guard let library = Folders.sampleLibrary else {
      throw CommandFailure(
        "nothing is indexed yet\n  try: swiftrag run --docs DIR \"your question\"",
        status: ExitStatus.noInput)
    }
    let knowledge = try knowledgeBase(configuration, indexPath: KnowledgeBase.sampleIndexPath)
    try update(knowledge, paths: [library], what: "the bundled sample library")
    Terminal.note(
      "This is the bundled sample library; swiftrag run --docs DIR answers from your own files.\n")
    return knowledge
  }

  private func knowledgeBase(
    _ configuration: Configuration, indexPath: String? = nil, mayCreate: Bool = true
  ) throws -> KnowledgeBase {
    let display = ProseDisplay(showsContext: showContext, showsStats: stats)
    return try KnowledgeBase(
      configuration: configuration, indexPath: indexPath, mayCreate: mayCreate,
      encoder: try KnowledgeBase.loadEncoder(configuration: configuration),
      backend: try KnowledgeBase.modelBackend(
        configuration: configuration, model: languageModel.generatorOptions,
        report: { display.show($0) }))
  }

  private func update(_ knowledge: KnowledgeBase, paths: [String], what: String) throws {
    let report = try addShowingProgress(paths, to: knowledge, isVerbose: common.verbose)
    if report.wasInterrupted { throw ExitStatus.interrupted }
    if !report.changedNothing || common.verbose {
      Terminal.note("indexed \(what): \(IngestProgress.summary(report))")
    }
    if report.unchangedCount + report.addedCount + report.updatedCount + report.renamedCount == 0 {
      throw CommandFailure(
        "no readable document in \(what)\n  readable are \(DocumentType.displayNames)",
        status: ExitStatus.noInput)
    }
  }

  private func answer(
    _ text: String, from knowledge: KnowledgeBase, filter: SearchFilter
  ) throws {
    if dryRun { return try showPassages(for: text, from: knowledge, filter: filter) }
    let answer = try ask(text, knowledge, filter: filter, history: [])
    if json { try answerJSON(answer) }
    if Interrupts.isRequested { throw ExitStatus.interrupted }
  }

  /// Answers and, unless JSON is wanted, shows the answer: prose as it is written.
  private func ask(
    _ text: String, _ knowledge: KnowledgeBase, filter: SearchFilter,
    history: [ConversationTurn]
  ) throws -> Answer {
    let renderer = AnswerRenderer(isVerbose: common.verbose, roots: roots)
    guard knowledge.writesProse else {
      let answer = try knowledge.ask(text, filter: filter, history: history)
      if !json { renderer.lines(for: answer).forEach { Terminal.answer($0) } }
      return answer
    }
    // The words so far are to be kept, and a token of a large model takes a while.
    Interrupts.allow(graceMicroseconds: 2_000_000)
    let stream = ProseStream(isShown: !json)
    let answer: Answer
    do {
      answer = try knowledge.ask(
        text, filter: filter, history: history, emit: stream.write,
        shouldStop: { Interrupts.isRequested })
    } catch {
      stream.endLine()
      throw error
    }
    stream.endLine()
    // Interrupted before the first word: there is no answer, and none was refused.
    if json || answer.finish == FinishReason.cancelled.rawValue && answer.text.isEmpty {
      return answer
    }
    if stream.hasWritten { Terminal.answer("") }
    renderer.sources(of: answer).forEach { Terminal.answer($0) }
    return answer
  }

  private func showPassages(
    for text: String, from knowledge: KnowledgeBase, filter: SearchFilter
  ) throws {
    let passages = try knowledge.search(text, filter: filter)
    if json { return try answerJSON(passages) }
    let renderer = AnswerRenderer(isVerbose: true, roots: roots)
    for (position, passage) in passages.enumerated() {
      for line in renderer.lines(for: passage, number: position + 1) { Terminal.answer(line) }
    }
    guard let prompt = try knowledge.prompt(for: text, filter: filter) else { return }
    Terminal.answer("")
    ProseDisplay.lines(of: prompt).forEach { Terminal.answer($0) }
  }

  /// Question after question, until the end of input or `/quit`.
  private func converse(_ knowledge: KnowledgeBase, filter: SearchFilter) throws {
    let manner = knowledge.writesProse ? "cite" : "are quoted from"
    Terminal.note(
      "Ask about your documents. Answers \(manner) them. /quit or Ctrl-D ends; /help says more.")
    var history: [ConversationTurn] = []
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
          "Type a question and press Enter; it may refer to the ones before. Ctrl-C stops an answer,\n"
            + "/new forgets the conversation, /quit ends. With a GGUF file in models/llm, or -m FILE, a\n"
            + "language model answers in prose; without one answers are quotations. Start with --verbose\n"
            + "to see scores.")
      case "/new", "/clear":
        history = []
        Terminal.note("a new conversation")
      case _ where text.hasPrefix("/"):
        Terminal.note("unknown command \(printable(text)); /help lists the commands")
      default:
        do {
          if dryRun {
            try showPassages(for: text, from: knowledge, filter: filter)
            continue
          }
          let answer = try Interrupts.endingAnswerOnly {
            try ask(text, knowledge, filter: filter, history: history)
          }
          if answer.isAnswered {
            history.append(ConversationTurn(question: text, answer: answer.text))
          }
        } catch let status as ExitCode {
          throw status
        } catch {
          Terminal.complain("error: " + printable("\(error)"))
        }
      }
    }
  }
}
