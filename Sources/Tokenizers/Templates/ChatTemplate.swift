// How a conversation becomes a prompt: the templates of the model families.

/// The chat templates that this program knows, written in Swift.
///
/// A template that a file brings along is a program in Jinja; it is recognised and shown, never run.
/// The texts around the contents, spaces included, are those of the published templates, and
/// `tokens(for:tokenizer:addsGenerationPrompt:)` gives the ids that tokenising the rendered text
/// would give, except that contents never become special tokens.
package enum ChatTemplate: String, Sendable, CaseIterable {
  /// `<s>[INST] question [/INST]answer</s>[INST] question [/INST]`
  ///
  /// - Source: `tokenizer_config.json` of mistralai/Mistral-7B-Instruct-v0.2. It has no system role;
  ///   Mistral's own library (mistral-common, v1) puts that text and an empty line before the first
  ///   question.
  case mistralV2 = "mistral-v0.2"
  /// `<s>[INST] <<SYS>>\nsystem\n<</SYS>>\n\nquestion [/INST] answer </s><s>[INST] …`
  ///
  /// - Source: Meta's `generation.py` of llama and codellama, `chat_completion`; the
  ///   `tokenizer_config.json` of meta-llama/Llama-2-7b-chat-hf says the same.
  case llama2 = "llama-2"
  /// `<s><|user|>\nquestion<|end|>\n<|assistant|>\nanswer<|end|>\n`
  ///
  /// - Source: `tokenizer_config.json` of microsoft/Phi-3-mini-4k-instruct. The first edition drops
  ///   a system message, so it is put before the first question, with an empty line between.
  case phi3 = "phi-3"
  /// `<|im_start|>user\nquestion<|im_end|>\n<|im_start|>assistant\n`
  ///
  /// - Source: OpenAI's ChatML; `tokenizer_config.json` of teknium/OpenHermes-2.5-Mistral-7B.
  case chatML = "chatml"
  /// `<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nquestion<|eot_id|>`
  ///
  /// - Source: `tokenizer_config.json` of meta-llama/Meta-Llama-3-8B-Instruct.
  case llama3 = "llama-3"
  /// The texts alone, an empty line between them: for models that were not trained to converse.
  case plain

  /// The token ids of a conversation.
  ///
  /// - Parameters:
  ///   - messages: the conversation; see `AlternatingConversation` for how roles are brought into
  ///     order.
  ///   - tokenizer: whose ids they are.
  ///   - addsGenerationPrompt: whether the beginning of the assistant's next message is added where
  ///     the template has one.
  /// - Returns: ids, `bos` included where the template or the model has it.
  package func tokens(
    for messages: [ChatMessage], tokenizer: LanguageTokenizer, addsGenerationPrompt: Bool = true
  ) -> [Int32] {
    tokenizer.encode(
      segments(
        for: messages, bos: tokenizer.bos, eos: tokenizer.eos, addsBOS: tokenizer.addsBOS,
        addsGenerationPrompt: addsGenerationPrompt))
  }

  /// The parts of the prompt: the template's own text apart from the contents.
  func segments(
    for messages: [ChatMessage], bos: Int32?, eos: Int32?, addsBOS: Bool,
    addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    let start = bos.map { [PromptSegment.token($0)] } ?? []
    let end = eos.map { [PromptSegment.token($0)] } ?? []
    switch self {
    case .mistralV2: return start + Self.mistralV2(AlternatingConversation(messages), end: end)
    case .llama2: return Self.llama2(AlternatingConversation(messages), start: start, end: end)
    case .phi3:
      return start
        + Self.phi3(
          AlternatingConversation(messages), addsGenerationPrompt: addsGenerationPrompt)
    case .chatML:
      return (addsBOS ? start : [])
        + Self.chatML(messages, addsGenerationPrompt: addsGenerationPrompt)
    case .llama3: return start + Self.llama3(messages, addsGenerationPrompt: addsGenerationPrompt)
    case .plain: return (addsBOS ? start : []) + Self.plain(messages)
    }
  }

  private static func mistralV2(
    _ conversation: AlternatingConversation, end: [PromptSegment]
  ) -> [PromptSegment] {
    conversation.withSystemInFirstTurn.turns.flatMap { turn in
      [.template("[INST] "), .content(turn.user), .template(" [/INST]")]
        + (turn.assistant.map { [.content($0)] + end } ?? [])
    }
  }

  private static func llama2(
    _ conversation: AlternatingConversation, start: [PromptSegment], end: [PromptSegment]
  ) -> [PromptSegment] {
    conversation.turns.enumerated().flatMap { index, turn in
      var segments = start + [.template("[INST] ")]
      if index == 0, let system = conversation.system {
        segments += [.template("<<SYS>>\n"), .content(system)]
        // The text from "<<SYS>>" to the end of the question is stripped as one.
        let question = turn.user.strippedAtEnd
        segments.append(.template(question.isEmpty ? "\n<</SYS>>" : "\n<</SYS>>\n\n"))
        segments.append(.content(question))
      } else {
        segments.append(.content(turn.user.stripped))
      }
      segments.append(.template(" [/INST]"))
      if let answer = turn.assistant {
        segments += [.template(" "), .content(answer.stripped), .template(" ")] + end
      }
      return segments
    }
  }

  private static func phi3(
    _ conversation: AlternatingConversation, addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    conversation.withSystemInFirstTurn.turns.flatMap { turn in
      var segments: [PromptSegment] = [
        .template("<|user|>\n"), .content(turn.user), .template("<|end|>\n"),
      ]
      if turn.assistant != nil || addsGenerationPrompt {
        segments.append(.template("<|assistant|>\n"))
      }
      if let answer = turn.assistant { segments += [.content(answer), .template("<|end|>\n")] }
      return segments
    }
  }

  private static func chatML(
    _ messages: [ChatMessage], addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    messages.flatMap { message -> [PromptSegment] in
      [
        .template("<|im_start|>\(message.role.rawValue)\n"), .content(message.text),
        .template("<|im_end|>\n"),
      ]
    } + (addsGenerationPrompt ? [.template("<|im_start|>assistant\n")] : [])
  }

  private static func llama3(
    _ messages: [ChatMessage], addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    func header(_ role: String) -> PromptSegment {
      .template("<|start_header_id|>\(role)<|end_header_id|>\n\n")
    }
    return messages.flatMap { message in
      [
        header(message.role.rawValue), .content(message.text.stripped), .template("<|eot_id|>"),
      ]
    } + (addsGenerationPrompt ? [header("assistant")] : [])
  }

  private static func plain(_ messages: [ChatMessage]) -> [PromptSegment] {
    Array(messages.map { [PromptSegment.content($0.text)] }.joined(separator: [.template("\n\n")]))
  }
}

extension AlternatingConversation {
  /// For templates without a system role: its text and an empty line before the first question.
  fileprivate var withSystemInFirstTurn: AlternatingConversation {
    guard let system, !turns.isEmpty else { return self }
    var merged = self
    merged.system = nil
    merged.turns[0].user = turns[0].user.isEmpty ? system : system + "\n\n" + turns[0].user
    return merged
  }
}

extension String {
  /// Without white space at both ends, as Python's `str.strip`.
  fileprivate var stripped: String {
    String(String.UnicodeScalarView(unicodeScalars.drop(while: \.isPythonSpace))).strippedAtEnd
  }

  fileprivate var strippedAtEnd: String {
    var scalars = unicodeScalars
    while let last = scalars.last, last.isPythonSpace { scalars.removeLast() }
    return String(scalars)
  }
}

extension Unicode.Scalar {
  /// `str.isspace`: White_Space and the four information separators of ASCII.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
