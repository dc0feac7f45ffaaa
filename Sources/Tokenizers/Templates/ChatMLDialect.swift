/// ChatML as a model family uses it: `<|im_start|>role\ntext<|im_end|>\n` for each message.
///
/// Families differ in the system text that is added to a conversation without one, and in how they
/// treat the model's reasoning.
struct ChatMLDialect: Sendable, Equatable {
  /// The form of reasoning between `<think>` and `</think>` in a prompt.
  enum Reasoning: Sendable, Equatable {
    /// The family has none; answers are copied as they are.
    case unsupported
    /// The generation prompt ends with an empty block, so that the model answers at once.
    case off
    /// The model begins its answer with a block.
    case on
  }

  /// Inserted when the first message is not a system message; nil for none.
  var defaultSystem: String?
  var reasoning = Reasoning.unsupported

  /// The segments of a conversation; messages keep their order, whatever their roles.
  func segments(_ messages: [ChatMessage], addsGenerationPrompt: Bool) -> [PromptSegment] {
    var segments: [PromptSegment] = []
    if let defaultSystem, messages.first?.role != .system {
      segments.append(.template("<|im_start|>system\n\(defaultSystem)<|im_end|>\n"))
    }
    let lastQuestion = messages.lastIndex { $0.role == .user } ?? messages.count - 1
    for (index, message) in messages.enumerated() {
      segments.append(.template("<|im_start|>\(message.role.rawValue)\n"))
      if message.role == .assistant, reasoning != .unsupported {
        segments += answer(
          message.text, showsReasoning: index > lastQuestion,
          isLast: index == messages.count - 1)
      } else {
        segments.append(.content(message.text))
      }
      segments.append(.template("<|im_end|>\n"))
    }
    if addsGenerationPrompt {
      let block = reasoning == .off ? "<think>\n\n</think>\n\n" : ""
      segments.append(.template("<|im_start|>assistant\n" + block))
    }
    return segments
  }

  /// An answer of a reasoning model.
  ///
  /// Reasoning about earlier questions is dropped, as in Qwen3's template; only answers after the last
  /// question keep it.
  private func answer(
    _ text: String, showsReasoning: Bool, isLast: Bool
  ) -> [PromptSegment] {
    let (reasoning, answer) = Self.splitReasoning(text)
    guard showsReasoning, isLast || !reasoning.isEmpty else { return [.content(answer)] }
    return [
      .template("<think>\n"), .content(reasoning.trimmingLineFeeds(atStart: true, atEnd: true)),
      .template("\n</think>\n\n"),
      .content(answer.trimmingLineFeeds(atStart: true, atEnd: false)),
    ]
  }

  /// The text between the last `<think>` and the first `</think>` after it, and the text after the
  /// last `</think>`; no reasoning when the end mark is missing.
  private static func splitReasoning(_ text: String) -> (reasoning: String, answer: String) {
    let parts = text.components(separatedBy: "</think>")
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return ("", text)
    }
    let reasoning =
      first.trimmingLineFeeds(atStart: false, atEnd: true).components(separatedBy: "<think>").last
      ?? ""
    return (
      reasoning.trimmingLineFeeds(atStart: true, atEnd: false),
      last.trimmingLineFeeds(atStart: true, atEnd: false)
    )
  }
}

extension ChatTemplate {
  /// The dialect of a ChatML template; plain ChatML for all other templates.
  var chatMLDialect: ChatMLDialect {
    switch self {
    case .qwen2: ChatMLDialect(defaultSystem: "You are a helpful assistant.")
    case .qwen25:
      ChatMLDialect(
        defaultSystem: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.")
    case .qwen3: ChatMLDialect(reasoning: .off)
    case .qwen3Thinking: ChatMLDialect(reasoning: .on)
    case .smolLM2:
      ChatMLDialect(
        defaultSystem: "You are a helpful AI assistant named SmolLM, trained by Hugging Face")
    default: ChatMLDialect()
    }
  }
}

extension String {
  /// The parts between occurrences of `separator`, compared byte by byte, as Python's `str.split`.
  fileprivate func components(separatedBy separator: String) -> [String] {
    let (bytes, mark) = (Array(utf8), Array(separator.utf8))
    var parts: [String] = []
    var start = 0
    var index = 0
    while index + mark.count <= bytes.count {
      if bytes[index..<index + mark.count].elementsEqual(mark) {
        parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
        index += mark.count
        start = index
      } else {
        index += 1
      }
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self))
    return parts
  }

  /// Without line feeds at the chosen ends, as Python's `str.strip("\n")`.
  fileprivate func trimmingLineFeeds(atStart: Bool, atEnd: Bool) -> String {
    var scalars = Substring(self).unicodeScalars
    if atStart { scalars = scalars.drop { $0 == "\n" } }
    if atEnd { while scalars.last == "\n" { scalars.removeLast() } }
    return String(scalars)
  }
}
