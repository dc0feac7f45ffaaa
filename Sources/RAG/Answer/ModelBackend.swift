package import Generation
internal import Documents
internal import Store

/// Lets a language model answer in prose, and checks each sentence against the passages that it
/// cites.
package struct ModelBackend: AnswerBackend {
  /// Opens the model for the first answer, so that a question without evidence does not wait for
  /// it.
  private let generator: LazyModel<any TextGenerator>
  /// The form in which the model is asked; nil for the one that suits its size.
  private var form: PromptForm?
  /// Which passages it is given.
  private let passages: PromptPassages
  private let options: GenerationOptions
  /// Receives prompts, progress and notes.
  private let report: (@Sendable (ModelBackendEvent) -> Void)?

  package let name: String

  /// Tokens that are reserved for an answer without a limit of its own.
  static let openAnswerTokenCount = 512

  /// - Parameters:
  ///   - name: the model's display name.
  ///   - options: how the answer is generated.
  ///   - form: how the model is asked; nil for the form that suits its size.
  ///   - passages: which passages it is given.
  ///   - report: receives prompts, progress and notes.
  ///   - open: opens the model; called once, for the first answer.
  package init(
    name: String, options: GenerationOptions, form: PromptForm? = nil,
    passages: PromptPassages = .auto, report: (@Sendable (ModelBackendEvent) -> Void)? = nil,
    open: @escaping @Sendable () throws -> any TextGenerator
  ) {
    self.name = name
    self.options = options
    self.form = form
    self.passages = passages
    self.report = report
    generator = LazyModel(open: open)
  }

  /// The same model, asked in another form.
  package func asking(in form: PromptForm?) -> ModelBackend {
    var other = self
    other.form = form
    return other
  }

  package var writesProse: Bool { true }

  package func prompt(for request: AnswerRequest) throws -> PassagePrompt? {
    try passagePrompt(for: request)
  }

  private func passagePrompt(for request: AnswerRequest) throws -> PassagePrompt {
    let generator = try generator.get()
    // In a small context the prompt may take at least half of the tokens; the answer may use all
    // that the prompt leaves.
    let answerTokenCount = min(
      options.maxTokenCount ?? Self.openAnswerTokenCount, generator.contextTokenCount / 2)
    var request = request
    request.passages = DuplicatePassages.merged(
      passages.passages(of: request, parameterCount: generator.parameterCount))
    return try PassagePrompt(
      request, form: form ?? .standard(parameterCount: generator.parameterCount),
      tokenLimit: generator.contextTokenCount - answerTokenCount
    ) { try generator.tokenCount(of: .messages($0)) }
  }

  package func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> Answer {
    let prompt = try passagePrompt(for: request)
    report?(.prompt(prompt))
    var filter = ThoughtFilter()
    let result = try generator.get().generate(
      .messages(prompt.messages), options: options,
      emit: { event in
        switch event {
        case .text(let text):
          let shown = filter.add(text)
          if !shown.isEmpty { emit(shown) }
        case .prefill(let done, let total): report?(.prefill(tokenCount: done, total: total))
        case .note(let text): report?(.note(text))
        case .token: break
        }
      }, shouldStop: shouldStop)
    let rest = filter.finish()
    if !rest.isEmpty { emit(rest) }
    report?(.finished(result))
    var answer = Answer(to: request, backend: name)
    answer.finish = result.finish.rawValue
    answer.passages = prompt.passages
    answer.text = ThoughtFilter.removed(from: result.text).trimmed
    Self.checkCitations(of: &answer)
    // A model that is interrupted before its first word has not declined.
    if answer.isInterruptedBeforeText { answer.isAnswered = true }
    return answer
  }

  /// Adds the marks that the model left out, highlights what the answer cites, lists the sentences that
  /// it does not support, and notices that the model declined.
  private static func checkCitations(of answer: inout Answer) {
    var sources = CitationCheck.Sources(answer.passages)
    addMarks(to: &answer, &sources)
    let sentences = CitationCheck.check(answer.text, &sources)
    let cited = Set(sentences.flatMap(\.citedNumbers)).filter {
      (1..<answer.passages.count + 1).contains($0)
    }
    answer.citedNumbers = cited.sorted()
    answer.isAnswered = !Refusal.declines(sentences)
    guard answer.isAnswered else { return }
    answer.unsupportedSentences = sentences.filter { !$0.isSupported }.map(\.text)
    answer.isUnfounded = !sentences.contains { $0.isSupported }
    for number in cited {
      let citing = sentences.filter { $0.citedNumbers.contains(number) }.map(\.text)
      highlight(&answer.passages[number - 1], for: citing.joined(separator: " "))
    }
  }

  /// Gives each sentence without a mark the mark of the passage that supports it.
  private static func addMarks(
    to answer: inout Answer, _ sources: inout CitationCheck.Sources
  ) {
    var added: [AddedCitation] = []
    for sentence in CitationCheck.check(answer.text, &sources)
    where sentence.citedNumbers.isEmpty && !Refusal.declines(sentence) {
      guard
        let number = CitationCheck.supportingPassage(of: sentence.text, &sources),
        answer.mark(sentence.text, with: number)
      else { continue }
      added.append(AddedCitation(sentence: sentence.text, number: number))
    }
    if !added.isEmpty { answer.addedCitations = added }
  }

  /// Highlights the sentence of a passage that shares the most words with the text that cites it.
  private static func highlight(_ passage: inout Passage, for text: String) {
    let words = ContentWords.of(text)
    let bytes = Array(passage.text.utf8)
    var best: (range: Range<Int>, share: Double)?
    for range in Sentences.ranges(in: passage.text) {
      let sentence = String(decoding: bytes[range], as: UTF8.self)
      let share = ContentWords.coverage(of: words, in: sentence)
      if share > best?.share ?? 0 { best = (range, share) }
    }
    guard let best else { return }
    passage.highlightByteOffset = best.range.lowerBound
    passage.highlightByteCount = best.range.count
  }
}

/// An event that a ``ModelBackend`` reports besides the answer.
package enum ModelBackendEvent: Sendable {
  /// The prompt, before the model reads it.
  case prompt(PassagePrompt)
  /// The number of prompt tokens processed so far.
  case prefill(tokenCount: Int, total: Int)
  /// A message for the person who asked.
  case note(String)
  /// The result with its statistics.
  case finished(GenerationResult)
}
