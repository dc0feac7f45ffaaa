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
      Indexes new and changed files below --docs, then answers. Without --docs it answers from \
      the existing index, or from the bundled sample library if there is none. On a terminal \
      without a question it starts a conversation. With a language model (-m, model_path, or a \
      GGUF file in models/llm) the answer is prose with citations, otherwise a quotation.

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
      "Show the passages and the prompt that an answer would be based on, without answering.")
  var dryRun = false

  @Flag(help: "Print the language model's prompt to standard error before the answer.")
  var showContext = false

  @Flag(help: "Print token counts, speeds and memory to standard error.")
  var stats = false

  @Option(help: "Who answers: auto, native, openai or quote (default: model_backend, auto).")
  var backend: String?

  @Option(
    name: [.customShort("n"), .customLong("max-tokens")], parsing: .unconditional,
    help: "Most tokens of an answer (default: max_tokens, 512).")
  var maxTokenCount: Int?

  @Option(
    name: [.customLong("temp"), .customLong("temperature")], parsing: .unconditional,
    help: "Temperature of the language model (default: temperature, 0.2).")
  var temperature: Double?

  @Option(
    help: ArgumentHelp(
      "How a language model is asked: \(PromptForm.names) (default: brief "
        + "for models of fewer than a billion weights, instructed for others).", valueName: "form"))
  var prompt: PromptForm?

  @Option(help: PromptPassages.help)
  var passages = PromptPassages.auto

  @Option(help: "Sentence encoder: a folder, a GGUF file, or a name below models/embeddings.")
  var embeddingModel: String?

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var search: SearchOptions
  @OptionGroup var index: IndexOptions
  @OptionGroup(title: "Language model") var languageModel: LanguageModelOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    let runtime = try makeRuntime(settings)
    var (docs, text) = (self.docs, question)
    // In `run --docs DIR "a question"` the option takes all arguments, so a last one that is not a
    // file is the question.
    if text == nil, docs.count > 1, let last = docs.last,
      last == "-" || !FileManager.default.fileExists(atPath: last)
    {
      text = docs.removeLast()
    }
    try requireExisting(docs)
    try FirstRunNote.show(for: runtime, common: common, mayAsk: text == nil && !json)
    let knowledge = try openIndex(runtime, docs: docs)
    let filter = search.filter(additionalPaths: docs)
    try noteUnmatched(search.path, in: knowledge)
    if text == nil && Terminal.inputIsTerminal && !json {
      var input = QuestionInput(keepsHistory: runtime.settings.keepsHistory)
      guard input.isEdited else { return try converse(&input, knowledge, filter: filter) }
      // Ctrl-C clears the line or ends the answer, never the conversation.
      return try Interrupts.endingAnswerOnly { try converse(&input, knowledge, filter: filter) }
    }
    try answer(try textArgument(text ?? "-"), from: knowledge, filter: filter)
  }

  private var settings: [SettingFlag] {
    let own = [
      SettingFlag(.modelBackend, "--backend", backend),
      SettingFlag(.maxTokens, "--max-tokens", maxTokenCount),
      SettingFlag(.temperature, "--temperature", temperature),
      SettingFlag(.embeddingModel, "--embedding-model", embeddingModel),
    ]
    return languageModel.settings + index.settings + search.settings + reading.settings
      + own.compactMap { $0 }
  }

  /// The folders that citations are shown relative to.
  private var roots: [String] {
    (docs + [Folders.sampleLibrary].compactMap { $0 }).map { Paths.canonical($0) ?? $0 }
  }

  /// Opens the index that this run answers from, and updates it.
  private func openIndex(_ runtime: Runtime, docs: [String]) throws -> KnowledgeBase {
    if !docs.isEmpty {
      let knowledge = try knowledgeBase(runtime)
      let what = docs.map { shownName($0) }.joined(separator: ", ")
      try update(knowledge, paths: docs, what: what)
      return knowledge
    }
    if FileManager.default.fileExists(atPath: runtime.indexPath)
      || runtime.settings.indexPath != nil
    {
      return try knowledgeBase(runtime, mayCreate: false)
    }
    guard let library = Folders.sampleLibrary else {
      throw CommandFailure(
        "nothing is indexed yet\n  try: swiftrag run --docs DIR \"your question\"",
        .missingInput)
    }
    let knowledge = try knowledgeBase(runtime, indexPath: Runtime.sampleIndexPath)
    try update(knowledge, paths: [library], what: "the bundled sample library")
    Terminal.note(
      "This is the bundled sample library; swiftrag run --docs DIR answers from your own files.\n")
    return knowledge
  }

  private func knowledgeBase(
    _ runtime: Runtime, indexPath: String? = nil, mayCreate: Bool = true
  ) throws -> KnowledgeBase {
    let display = ProseDisplay(showsContext: showContext, showsStats: stats)
    return try KnowledgeBase(
      runtime: runtime, indexPath: indexPath, mayCreate: mayCreate,
      backend: try runtime.answerBackend(
        model: languageModel.generatorOptions, form: prompt, passages: passages,
        report: { display.show($0) }))
  }

  private func update(_ knowledge: KnowledgeBase, paths: [String], what: String) throws {
    let report = try addShowingProgress(paths, to: knowledge, isVerbose: common.verbose)
    if report.wasInterrupted { throw ExitCode.interrupted }
    if !report.changedNothing || common.verbose {
      Terminal.note("indexed \(what): \(IngestProgress.summary(report))")
      IngestProgress.showNotes(report, runtime: knowledge.runtime)
    }
    if report.unchangedCount + report.addedCount + report.updatedCount + report.renamedCount == 0 {
      throw CommandFailure(
        "no readable document in \(what)\n  supported types: \(DocumentType.displayNames)",
        .missingInput, path: paths.first)
    }
  }

  private func answer(
    _ text: String, from knowledge: KnowledgeBase, filter: SearchFilter
  ) throws {
    if dryRun { return try showPassages(for: text, from: knowledge, filter: filter) }
    let answer = try ask(text, knowledge, filter: filter, conversation: Conversation())
    if json { try answerJSON(answer) }
    if Interrupts.isRequested { throw ExitCode.interrupted }
  }

  /// Answers the question and, without `--json`, shows the answer; prose is streamed.
  private func ask(
    _ text: String, _ knowledge: KnowledgeBase, filter: SearchFilter, conversation: Conversation
  ) throws -> Answer {
    let renderer = AnswerRenderer(isVerbose: common.verbose, roots: roots)
    guard knowledge.writesProse else {
      let answer = try knowledge.ask(text, filter: filter, conversation: conversation)
      if !json { renderer.lines(for: answer).forEach { Terminal.answer($0) } }
      return answer
    }
    // The text so far must be kept, and a token of a large model takes a while.
    Interrupts.allow(graceMicroseconds: 2_000_000)
    let stream = ProseStream(isShown: !json)
    let answer: Answer
    do {
      answer = try knowledge.ask(
        text, filter: filter, conversation: conversation, emit: stream.write,
        shouldStop: { Interrupts.isRequested })
    } catch {
      stream.endLine()
      throw error
    }
    stream.endLine()
    // An answer that was interrupted before its first word is neither an answer nor a refusal.
    if json || answer.isInterruptedBeforeText { return answer }
    if stream.hasWritten { Terminal.answer("") }
    renderer.sources(of: answer).forEach { Terminal.answer($0) }
    return answer
  }

  private func showPassages(
    for text: String, from knowledge: KnowledgeBase, filter: SearchFilter
  ) throws {
    let request = try knowledge.request(for: text, filter: filter)
    if json { return try answerJSON(request.passages) }
    let renderer = AnswerRenderer(isVerbose: true, roots: roots)
    for (position, passage) in request.passages.enumerated() {
      for line in renderer.lines(for: passage, number: position + 1) { Terminal.answer(line) }
    }
    guard !request.passages.isEmpty, let prompt = try knowledge.prompt(for: request) else {
      return
    }
    Terminal.answer("")
    ProseDisplay.lines(of: prompt).forEach { Terminal.answer($0) }
  }

  /// Reads and answers questions until the end of input or `/quit`.
  private func converse(
    _ input: inout QuestionInput, _ knowledge: KnowledgeBase, filter: SearchFilter
  ) throws {
    let manner = knowledge.writesProse ? "cite" : "are quoted from"
    Terminal.note(
      "Ask about your documents. Answers \(manner) them. /help explains more, /quit or Ctrl-D ends."
    )
    var conversation = Conversation()
    var watch = ConfigurationWatch(paths: knowledge.runtime.configuration.files)
    while true {
      guard let line = input.next() else {
        Terminal.write("\n", to: 2)
        return
      }
      for path in watch.changedPaths() {
        Terminal.note("\(path) has changed; it takes effect with the next command")
      }
      let text = line.trimmingCharacters(in: .whitespaces)
      switch text {
      case "": continue
      case "/quit", "/exit", "/bye", "/q": return
      case "/help", "/?":
        Terminal.note(
          "Type a question and press Enter; it may refer to earlier ones. Ctrl-C stops an answer, /new\n"
            + "starts a new conversation, /quit ends. With a language model (swiftrag models pull, or -m FILE)\n"
            + "answers are prose; otherwise answers are quotations. Start with --verbose to see scores."
        )
        if input.isEdited { Terminal.note(QuestionInput.help) }
      case "/new", "/clear":
        conversation = Conversation()
        Terminal.note("a new conversation")
      case _ where text.hasPrefix("/"):
        Terminal.note("unknown command \(droppingControls(text)); /help lists the commands")
      default:
        input.remember(line)
        do {
          if dryRun {
            try showPassages(for: text, from: knowledge, filter: filter)
            continue
          }
          let answer = try Interrupts.endingAnswerOnly {
            try ask(text, knowledge, filter: filter, conversation: conversation)
          }
          conversation.append(answer)
        } catch let status as ExitCode {
          throw status
        } catch {
          SwiftRAGCommand.report(NextCommand.message(of: error, in: Self.self))
        }
      }
    }
  }
}
