// The prompts of Mistral's later models, Zephyr and TinyLlama, Gemma and Llama 3.1.

extension ChatTemplate {
  /// `[INST] question[/INST] answer</s>`, the system text before the last question.
  static func mistralV3(
    _ conversation: AlternatingConversation, end: [PromptSegment]
  ) -> [PromptSegment] {
    let last = conversation.turns.last?.assistant == nil ? conversation.turns.count - 1 : -1
    return conversation.turns.enumerated().flatMap { index, turn in
      var question: [PromptSegment] = [.template("[INST] ")]
      if index == last, let system = conversation.system {
        question += [.content(system), .template("\n\n")]
      }
      question += [.content(turn.user), .template("[/INST]")]
      guard let answer = turn.assistant else { return question }
      return question + [.template(" "), .content(answer.stripped)] + end
    }
  }

  /// `[SYSTEM_PROMPT] system[/SYSTEM_PROMPT][INST] question[/INST] answer</s>`, without the spaces
  /// for the vocabulary Tekken.
  static func mistralV7(
    _ conversation: AlternatingConversation, space: String, end: [PromptSegment]
  ) -> [PromptSegment] {
    var segments: [PromptSegment] = []
    if let system = conversation.system {
      segments += [
        .template("[SYSTEM_PROMPT]" + space), .content(system), .template("[/SYSTEM_PROMPT]"),
      ]
    }
    for turn in conversation.turns {
      segments += [.template("[INST]" + space), .content(turn.user), .template("[/INST]")]
      if let answer = turn.assistant {
        if !space.isEmpty { segments.append(.template(space)) }
        segments += [.content(answer)] + end
      }
    }
    return segments
  }

  /// `<|user|>\nquestion</s>\n<|assistant|>\n`, any order of roles.
  static func zephyr(
    _ messages: [ChatMessage], end: [PromptSegment], addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    messages.flatMap { message -> [PromptSegment] in
      [.template("<|\(message.role.rawValue)|>\n"), .content(message.text)] + end
        + [.template("\n")]
    } + (addsGenerationPrompt && !messages.isEmpty ? [.template("<|assistant|>\n")] : [])
  }

  /// `<start_of_turn>user\nquestion<end_of_turn>\n<start_of_turn>model\n`.
  static func gemma(
    _ conversation: AlternatingConversation, addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    func turn(_ role: String, _ text: String) -> [PromptSegment] {
      [
        .template("<start_of_turn>\(role)\n"), .content(text.stripped),
        .template("<end_of_turn>\n"),
      ]
    }
    return conversation.withSystemInFirstTurn.turns.flatMap {
      turn("user", $0.user) + ($0.assistant.map { turn("model", $0) } ?? [])
    } + (addsGenerationPrompt ? [.template("<start_of_turn>model\n")] : [])
  }

  /// As ``gemma(_:addsGenerationPrompt:)``, with the system text before the first question as it is:
  /// Gemma 2's is stripped together with the question.
  static func gemma3(
    _ conversation: AlternatingConversation, addsGenerationPrompt: Bool
  ) -> [PromptSegment] {
    var segments: [PromptSegment] = []
    for (index, turn) in conversation.turns.enumerated() {
      segments.append(.template("<start_of_turn>user\n"))
      if index == 0, let system = conversation.system {
        segments += [.content(system), .template("\n\n")]
      }
      segments += [.content(turn.user.stripped), .template("<end_of_turn>\n")]
      if let answer = turn.assistant {
        segments += [
          .template("<start_of_turn>model\n"), .content(answer.stripped),
          .template("<end_of_turn>\n"),
        ]
      }
    }
    return segments + (addsGenerationPrompt ? [.template("<start_of_turn>model\n")] : [])
  }

  /// Llama 3's frame, and a system message with two dates before every conversation.
  ///
  /// The second is the published template's own default, not today's date, so that a prompt does not
  /// change from day to day.
  static func llama31(_ messages: [ChatMessage], addsGenerationPrompt: Bool) -> [PromptSegment] {
    let hasSystem = messages.first?.role == .system
    let system: [PromptSegment] = [
      .template(
        "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n"
          + "Today Date: 26 Jul 2024\n\n"),
      .content(hasSystem ? messages[0].text.stripped : ""), .template("<|eot_id|>"),
    ]
    return system
      + llama3(
        Array(messages.dropFirst(hasSystem ? 1 : 0)), addsGenerationPrompt: addsGenerationPrompt)
  }
}
