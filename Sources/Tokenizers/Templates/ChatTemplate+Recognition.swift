internal import Bytes
package import Checkpoints

extension ChatTemplate {
  /// A template and the reason for choosing it.
  package struct Recognition: Sendable, Equatable {
    package let template: ChatTemplate
    /// One sentence for the user.
    package let reason: String
    /// False when `plain` is only the fallback.
    package let isCertain: Bool
  }

  /// Chooses the template of a model's GGUF file.
  ///
  /// The file's own template decides by characteristic texts in it. Without one, the architecture and
  /// ChatML tokens in the vocabulary decide, then the model's names; a base model, which was not
  /// trained on conversations, gets none. (llama.cpp's server assumes ChatML for every file without a
  /// template, on which Llama-2 and Mistral were not trained.)
  ///
  /// - Parameter metadata: the file's metadata; entries of an unexpected type count as absent.
  /// - Returns: the template with the reason.
  package static func recognize(_ metadata: Metadata) -> Recognition {
    let text = metadata[LanguageTokenizer.GGUFKey.chatTemplate]?.stringValue
    if let text, !text.isEmpty { return recognize(templateText: text) }
    let architecture = metadata[LanguageTokenizer.GGUFKey.architecture]?.stringValue ?? ""
    let name = ModelName(metadata)
    if name.isBase {
      return unsure("the file has no template, and its name is that of a base model")
    }
    if let found = recognize(architecture: architecture, name: name) { return found }
    let tokens = metadata[LanguageTokenizer.GGUFKey.tokens]?.arrayValue?.strings ?? StringArray()
    // Before the name: fine-tuned models often keep their base model's name.
    if contains(tokens, "<|im_start|>"), contains(tokens, "<|im_end|>") {
      return Recognition(
        template: .chatML, reason: "the file has no template; its vocabulary has <|im_start|>",
        isCertain: true)
    }
    if let found = recognize(name: name) { return found }
    return unsure(
      "the file has no template, and neither its architecture nor its name is that of a known chat "
        + "model")
  }

  private static func unsure(_ reason: String) -> Recognition {
    Recognition(template: .plain, reason: reason, isCertain: false)
  }

  private static func found(_ template: ChatTemplate, _ parts: String) -> Recognition {
    Recognition(
      template: template, reason: "the file's template contains \(parts)", isCertain: true)
  }

  /// Recognises a Jinja template by texts that it must contain.
  static func recognize(templateText text: String) -> Recognition {
    func has(_ part: String) -> Bool { containsBytes(text, part) }
    // Phi-4 writes <|im_sep|> between role and text.
    if has("<|im_start|>") && !has("<|im_sep|>") { return recognize(chatMLText: text) }
    if has("<|start_header_id|>") && has("<|eot_id|>") {
      return has("Cutting Knowledge Date")
        ? found(.llama31, "<|start_header_id|> and a date of knowledge")
        : found(.llama3, "<|start_header_id|> and <|eot_id|>")
    }
    if has("<start_of_turn>") && has("<end_of_turn>") && has("model") {
      return has("first_user_prefix")
        ? found(.gemma3, "<start_of_turn> and first_user_prefix")
        : found(.gemma, "<start_of_turn> and <end_of_turn>")
    }
    if has("<|user|>") && has("<|end|>") { return found(.phi3, "<|user|> and <|end|>") }
    // Phi-3 small and medium build the marks from the role.
    if has("'<|' + message['role']") && has("<|end|>") {
      return found(.phi3, "<|role|> and <|end|>")
    }
    if has("<|user|>") && has("<|assistant|>") && has("eos_token") {
      return found(.zephyr, "<|user|>, <|assistant|> and eos_token")
    }
    if has("[INST]"), let template = recognize(instructionText: has) { return template }
    return unsure("the file's template is not one of the known templates")
  }

  /// Recognises Llama 2's template and those of Mistral's models.
  private static func recognize(instructionText has: (String) -> Bool) -> Recognition? {
    if has("<<SYS>>") { return found(.llama2, "[INST] and <<SYS>>") }
    let hasSpace = has("[INST] ")
    if has("[SYSTEM_PROMPT]") {
      return hasSpace || has("[SYSTEM_PROMPT] ")
        ? found(.mistralV7, "[SYSTEM_PROMPT] and a space after [INST]")
        : found(.mistralV7Tekken, "[SYSTEM_PROMPT] and no space after [INST]")
    }
    if has("[AVAILABLE_TOOLS]") {
      // Without the space it is that of Mistral Nemo, which differs in more than the space.
      return hasSpace ? found(.mistralV3, "[INST] and [AVAILABLE_TOOLS]") : nil
    }
    // Before the tools: the space before [/INST] tells the earlier edition.
    return has(" [/INST]")
      ? found(.mistralV2, "[INST] without <<SYS>>")
      : found(.mistralV3, "[INST], no space before [/INST]")
  }

  /// Recognises the dialect of a ChatML template.
  private static func recognize(chatMLText text: String) -> Recognition {
    if containsBytes(text, "enable_thinking"), containsBytes(text, "</think>") {
      return found(.qwen3, "<|im_start|> and enable_thinking")
    }
    for template in [qwen25, smolLM2, qwen2] {
      // With its frame: the text alone may also occur in an example.
      if let system = template.chatMLDialect.defaultSystem,
        containsBytes(text, "\(system)<|im_end|>")
      {
        return found(template, "<|im_start|> and the system text of \(template.rawValue)")
      }
    }
    return found(.chatML, "<|im_start|>")
  }

  /// Recognises architectures whose chat models all use one template.
  private static func recognize(architecture: String, name: ModelName) -> Recognition? {
    let template: ChatTemplate
    switch architecture {
    case "phi3": template = .phi3
    // Qwen 2's base models have no mark in their names, its chat models have.
    case "qwen2":
      guard name.isInstruct || name.isEmpty else { return nil }
      template = name.contains("qwen25") ? .qwen25 : .qwen2
    case "qwen3": template = .qwen3
    // Gemma 3's base models often have no mark in their names, its chat models have "it".
    case "gemma3":
      guard name.isInstruct else { return nil }
      template = .gemma3
    default: return nil
    }
    return Recognition(
      template: template,
      reason: "the file has no template; its architecture is \(architecture)", isCertain: true)
  }

  /// Recognises a chat model by its name, such as "Mistral-7B-Instruct-v0.2".
  private static func recognize(name: ModelName) -> Recognition? {
    let families: [(marks: [String], template: ChatTemplate)] = [
      (["zephyr", "tinyllama"], .zephyr), (["phi3"], .phi3),
      (["llama31", "llama32", "llama33"], .llama31), (["llama3"], .llama3),
      (["gemma3"], .gemma3), (["gemma"], .gemma),
      (["mistral7binstructv03", "mistralinstructv03"], .mistralV3),
      (["mistralsmall", "mistrallarge"], .mistralV7Tekken),
      (["mistral", "mixtral"], .mistralV2), (["codellama", "llama2", "llamav2"], .llama2),
    ]
    for (marks, template) in families {
      guard let mark = marks.first(where: name.contains) else { continue }
      guard name.isInstruct || ["zephyr", "phi3"].contains(mark) else {
        return unsure(
          "the file has no template; its name contains \(mark), but nothing says that it is a chat "
            + "model")
      }
      return Recognition(
        template: template,
        reason: "the file has no template; its name contains \(mark)", isCertain: true)
    }
    return nil
  }

  /// Whether `text` contains the bytes of `part`; `String` would compare by canonical equivalence.
  private static func containsBytes(_ text: String, _ part: String) -> Bool {
    let (bytes, needle) = (Array(text.utf8), Array(part.utf8))
    guard let first = needle.first, bytes.count >= needle.count else { return false }
    for start in 0...bytes.count - needle.count where bytes[start] == first {
      if bytes[start..<start + needle.count].elementsEqual(needle) { return true }
    }
    return false
  }

  private static func contains(_ tokens: StringArray, _ spelling: String) -> Bool {
    tokens.indices.contains { tokens.bytes(at: $0).elementsEqual(spelling.utf8) }
  }
}

/// The names that a GGUF file gives to its model, and the file's own.
private struct ModelName {
  private let words: [String]
  /// The names' letters and digits, each name on a line.
  private let joined: String

  init(_ metadata: Metadata) {
    let keys = [LanguageTokenizer.GGUFKey.name, "general.basename", "general.finetune"]
    let names =
      keys.compactMap { metadata[$0]?.stringValue }
      + [metadata.path.map(Paths.name(of:)) ?? ""]
    words = names.flatMap {
      $0.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
    joined = names.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
      .joined(separator: "\n")
    isEmpty = metadata[LanguageTokenizer.GGUFKey.name]?.stringValue ?? "" == ""
  }

  /// Whether the file has no name for its model.
  let isEmpty: Bool

  func contains(_ mark: String) -> Bool { joined.contains(mark) }

  /// Whether a name says that the model was trained on conversations.
  var isInstruct: Bool {
    words.contains { word in
      ["instruct", "chat", "it", "inst", "assistant", "sft", "dpo", "rlhf"].contains(word)
        || word.hasPrefix("instruct")
    }
  }

  /// Whether a name says that it was not.
  var isBase: Bool {
    !isInstruct && words.contains { ["base", "pretrained", "pt"].contains($0) }
  }
}
