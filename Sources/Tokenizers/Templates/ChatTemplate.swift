/// The supported chat templates, which turn a conversation into a prompt.
///
/// A template in a model's file is a Jinja program. It is recognised and displayed, never run. The
/// texts around the contents, spaces included, are those of the published templates, and
/// ``tokens(for:tokenizer:addsGenerationPrompt:)`` yields the ids of the rendered text, except that
/// contents never become special tokens.
package enum ChatTemplate: String, Sendable, CaseIterable {
  /// `<s>[INST] question [/INST]answer</s>[INST] question [/INST]`
  ///
  /// - Source: `tokenizer_config.json` of mistralai/Mistral-7B-Instruct-v0.2. It has no system role;
  ///   Mistral's own library (mistral-common, v1) puts the system text and an empty line before the
  ///   first question.
  case mistralV2 = "mistral-v0.2"
  /// `<s>[INST] question[/INST] answer</s>[INST] question[/INST]`
  ///
  /// - Source: `tokenizer_config.json` of mistralai/Mistral-7B-Instruct-v0.3, the branches without
  ///   tools: the system text and an empty line precede the last question.
  case mistralV3 = "mistral-v0.3"
  /// `<s>[SYSTEM_PROMPT] system[/SYSTEM_PROMPT][INST] question[/INST] answer</s>`
  ///
  /// - Source: the model card of mistralai/Mistral-Large-Instruct-2411, "Basic Instruct Template
  ///   (V7)".
  case mistralV7 = "mistral-v7"
  /// As ``mistralV7`` without the spaces.
  ///
  /// - Source: the model card of mistralai/Mistral-Small-3.1-24B-Instruct-2503, "Basic Instruct
  ///   Template (V7-Tekken)".
  case mistralV7Tekken = "mistral-v7-tekken"
  /// `<s>[INST] <<SYS>>\nsystem\n<</SYS>>\n\nquestion [/INST] answer </s><s>[INST] …`
  ///
  /// - Source: Meta's `generation.py` of llama and codellama, `chat_completion`; the
  ///   `tokenizer_config.json` of meta-llama/Llama-2-7b-chat-hf is equivalent.
  case llama2 = "llama-2"
  /// `<s><|user|>\nquestion<|end|>\n<|assistant|>\nanswer<|end|>\n`
  ///
  /// - Source: `tokenizer_config.json` of microsoft/Phi-3-mini-4k-instruct. Its first edition drops
  ///   a system message; here it precedes the first question, separated by an empty line.
  case phi3 = "phi-3"
  /// `<|im_start|>user\nquestion<|im_end|>\n<|im_start|>assistant\n`
  ///
  /// - Source: OpenAI's ChatML; `tokenizer_config.json` of teknium/OpenHermes-2.5-Mistral-7B.
  case chatML = "chatml"
  /// ChatML with the default system text "You are a helpful assistant."
  ///
  /// - Source: `tokenizer_config.json` of Qwen/Qwen2-7B-Instruct.
  case qwen2 = "qwen-2"
  /// ChatML with the default system text "You are Qwen, created by Alibaba Cloud. …"
  ///
  /// - Source: `tokenizer_config.json` of Qwen/Qwen2.5-7B-Instruct, the branch without tools.
  case qwen25 = "qwen-2.5"
  /// ChatML with reasoning switched off: the answer follows an empty `<think>` block.
  ///
  /// - Source: `tokenizer_config.json` of Qwen/Qwen3-8B, the branch without tools, with
  ///   `enable_thinking=False`.
  case qwen3 = "qwen-3"
  /// As ``qwen3``, with reasoning switched on: the model writes a `<think>` block before its answer,
  /// unless the question contains Qwen's soft switch `/no_think`.
  ///
  /// - Source: the same template with its default, `enable_thinking=True`.
  case qwen3Thinking = "qwen-3-thinking"
  /// ChatML with the default system text "You are a helpful AI assistant named SmolLM, …"
  ///
  /// - Source: `tokenizer_config.json` of HuggingFaceTB/SmolLM2-135M-Instruct.
  case smolLM2 = "smollm-2"
  /// `<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nquestion<|eot_id|>`
  ///
  /// - Source: `tokenizer_config.json` of meta-llama/Meta-Llama-3-8B-Instruct.
  case llama3 = "llama-3"
  /// ``llama3`` with a system message that states two dates.
  ///
  /// - Source: `tokenizer_config.json` of meta-llama/Llama-3.1-8B-Instruct and of the 3.2 and 3.3
  ///   models, the branches without tools.
  case llama31 = "llama-3.1"
  /// `<|user|>\nquestion</s>\n<|assistant|>\nanswer</s>\n`
  ///
  /// - Source: `tokenizer_config.json` of HuggingFaceH4/zephyr-7b-beta and
  ///   TinyLlama/TinyLlama-1.1B-Chat-v1.0, which are the same.
  case zephyr = "zephyr"
  /// `<bos><start_of_turn>user\nquestion<end_of_turn>\n<start_of_turn>model\n`
  ///
  /// - Source: `tokenizer_config.json` of google/gemma-2-2b-it. It has no system role; as in Gemma
  ///   3's, the system text and an empty line precede the first question.
  case gemma = "gemma"
  /// As ``gemma``; the system text before the first question keeps its white space.
  ///
  /// - Source: `chat_template.json` of google/gemma-3-4b-it, the branches without pictures.
  case gemma3 = "gemma-3"
  /// The texts, separated by empty lines: for models that were not trained on conversations.
  case plain

  /// The token ids of a conversation.
  ///
  /// - Parameters:
  ///   - messages: the conversation. Templates with a fixed order of roles bring it into that order
  ///     (`AlternatingConversation`).
  ///   - tokenizer: the model's tokenizer.
  ///   - addsGenerationPrompt: whether the beginning of the assistant's next message is appended
  ///     where the template has one.
  /// - Returns: ids, including `bos` where the template or the model has it.
  package func tokens(
    for messages: [ChatMessage], tokenizer: LanguageTokenizer, addsGenerationPrompt: Bool = true
  ) -> [Int32] {
    tokenizer.encode(
      segments(
        for: messages, bos: tokenizer.bos, eos: tokenizer.eos, addsBOS: tokenizer.addsBOS,
        addsGenerationPrompt: addsGenerationPrompt))
  }

  /// The segments of the prompt: the template's own text separate from the contents.
  func segments(
    for messages: [ChatMessage], bos: Int32?, eos: Int32?, addsBOS: Bool,
    addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    let start = bos.map { [PromptSegment.token($0)] } ?? []
    let end = eos.map { [PromptSegment.token($0)] } ?? []
    switch self {
    case .mistralV2: return start + Self.mistralV2(AlternatingConversation(messages), end: end)
    case .mistralV3: return start + Self.mistralV3(AlternatingConversation(messages), end: end)
    case .mistralV7:
      return start + Self.mistralV7(AlternatingConversation(messages), space: " ", end: end)
    case .mistralV7Tekken:
      return start + Self.mistralV7(AlternatingConversation(messages), space: "", end: end)
    case .llama2: return Self.llama2(AlternatingConversation(messages), start: start, end: end)
    case .phi3:
      return start
        + Self.phi3(
          AlternatingConversation(messages), addsGenerationPrompt: addsGenerationPrompt)
    case .chatML, .qwen2, .qwen25, .qwen3, .qwen3Thinking, .smolLM2:
      return (addsBOS ? start : [])
        + chatMLDialect.segments(messages, addsGenerationPrompt: addsGenerationPrompt)
    case .llama3: return start + Self.llama3(messages, addsGenerationPrompt: addsGenerationPrompt)
    case .llama31: return start + Self.llama31(messages, addsGenerationPrompt: addsGenerationPrompt)
    case .zephyr:
      return (addsBOS ? start : [])
        + Self.zephyr(messages, end: end, addsGenerationPrompt: addsGenerationPrompt)
    case .gemma:
      return start
        + Self.gemma(AlternatingConversation(messages), addsGenerationPrompt: addsGenerationPrompt)
    case .gemma3:
      return start
        + Self.gemma3(AlternatingConversation(messages), addsGenerationPrompt: addsGenerationPrompt)
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
        // The text from "<<SYS>>" to the end of the question is stripped as a whole.
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

  static func llama3(
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

extension String {
  /// Without white space at both ends, as Python's `str.strip`.
  var stripped: String {
    String(String.UnicodeScalarView(unicodeScalars.drop(while: \.isPythonSpace))).strippedAtEnd
  }

  /// Without white space at the end, as Python's `str.rstrip`.
  fileprivate var strippedAtEnd: String {
    var scalars = unicodeScalars
    while let last = scalars.last, last.isPythonSpace { scalars.removeLast() }
    return String(scalars)
  }
}

extension Unicode.Scalar {
  /// Python's `str.isspace`: White_Space and the four information separators of ASCII.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
