package import Generation
internal import Documents
internal import Foundation
internal import Store

/// Answers in prose through a language model, and checks each sentence against what it cites.
package struct ModelBackend: AnswerBackend {
  /// Opens the model at the first answer: a question without evidence never pays for loading it.
  private let generator: LazyGenerator
  private let options: GenerationOptions
  /// Told of prompts, progress and notes; nil where nobody listens.
  private let report: (@Sendable (ModelBackendEvent) -> Void)?

  package let name: String

  /// Tokens that are kept for an answer when it has no limit of its own.
  static let openAnswerTokenCount = 512

  /// - Parameters:
  ///   - name: the model's, for people.
  ///   - options: how the answer is generated.
  ///   - report: told of what happens before and beside the answer.
  ///   - open: opens the model; called once, at the first answer.
  package init(
    name: String, options: GenerationOptions,
    report: (@Sendable (ModelBackendEvent) -> Void)? = nil,
    open: @escaping @Sendable () throws -> any TextGenerator
  ) {
    self.name = name
    self.options = options
    self.report = report
    generator = LazyGenerator(open)
  }

  /// The prompt that ``answer(_:emit:shouldStop:)`` would give the model.
  package func prompt(for request: AnswerRequest) throws -> PassagePrompt {
    let generator = try generator.get()
    // In a small context the question and its passages have at least half of the room; the answer may
    // still use what they leave.
    let answerTokenCount = min(
      options.maxTokenCount ?? Self.openAnswerTokenCount, generator.contextTokenCount / 2)
    var request = request
    request.passages = ExtractiveBackend.merged(request.passages)
    return try PassagePrompt(
      request, tokenLimit: generator.contextTokenCount - answerTokenCount
    ) { try generator.tokenCount(of: .messages($0)) }
  }

  package func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> BackendAnswer {
    let prompt = try prompt(for: request)
    report?(.prompt(prompt))
    let result = try generator.get().generate(
      .messages(prompt.messages), options: options,
      emit: { event in
        switch event {
        case .text(let text): emit(text)
        case .prefill(let done, let total): report?(.prefill(tokenCount: done, total: total))
        case .note(let text): report?(.note(text))
        case .token: break
        }
      }, shouldStop: shouldStop)
    report?(.finished(result))
    var answer = Self.checked(result.text, passages: prompt.passages)
    answer.finish = result.finish
    // Who is interrupted before the first word has declined nothing.
    if result.finish == .cancelled, answer.text.isEmpty { answer.declines = false }
    return answer
  }

  /// The answer with what it cites highlighted, and what it does not bear out named.
  static func checked(_ text: String, passages: [Passage]) -> BackendAnswer {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    var answer = BackendAnswer(text: text, passages: passages)
    let sentences = CitationCheck.check(text, passages: passages)
    let cited = Set(sentences.flatMap(\.citedNumbers)).filter {
      (1..<passages.count + 1).contains($0)
    }
    answer.citedNumbers = cited.sorted()
    if cited.isEmpty, declines(text) {
      answer.declines = true
      return answer
    }
    answer.unsupportedSentences = sentences.filter { !$0.isSupported }.map(\.text)
    for number in cited {
      let saying = sentences.filter { $0.citedNumbers.contains(number) }.map(\.text)
      highlight(&answer.passages[number - 1], saying: saying.joined(separator: " "))
    }
    return answer
  }

  /// Whether a model says that the passages hold no answer.
  private static func declines(_ text: String) -> Bool {
    let words = text.lowercased()
    return words.isEmpty
      || words.contains(
        /(passages?|documents?|context|text) (do|does|did) not|not (answered|mentioned|stated)|no information/
      )
  }

  /// Marks the sentence of a passage that shares most words with what was said of it.
  private static func highlight(_ passage: inout Passage, saying text: String) {
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

/// What a ``ModelBackend`` tells beside the answer.
package enum ModelBackendEvent: Sendable {
  /// The prompt, before the model reads it.
  case prompt(PassagePrompt)
  /// So many of its tokens have been read.
  case prefill(tokenCount: Int, total: Int)
  /// Something that a person should know.
  case note(String)
  /// The whole result with its figures.
  case finished(GenerationResult)
}

/// A generator that is opened when it is first needed.
private final class LazyGenerator: @unchecked Sendable {
  // Sendable by hand: `generator` is touched only while `lock` is held.
  private let lock = NSLock()
  private let open: @Sendable () throws -> any TextGenerator
  private var generator: (any TextGenerator)?

  init(_ open: @escaping @Sendable () throws -> any TextGenerator) {
    self.open = open
  }

  func get() throws -> any TextGenerator {
    try lock.withLock {
      if let generator { return generator }
      let opened = try open()
      generator = opened
      return opened
    }
  }
}
