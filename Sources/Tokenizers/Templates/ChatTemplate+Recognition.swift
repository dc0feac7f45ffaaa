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
  /// ChatML tokens in the vocabulary decide, then the model's name. (llama.cpp's server assumes
  /// ChatML for every file without a template, on which Llama-2 and Mistral were not trained.)
  ///
  /// - Parameter metadata: the file's metadata; entries of an unexpected type count as absent.
  /// - Returns: the template with the reason.
  package static func recognize(_ metadata: Metadata) -> Recognition {
    let text = metadata[LanguageTokenizer.GGUFKey.chatTemplate]?.stringValue
    if let text, !text.isEmpty { return recognize(templateText: text) }
    let architecture = metadata[LanguageTokenizer.GGUFKey.architecture]?.stringValue ?? ""
    let name = metadata[LanguageTokenizer.GGUFKey.name]?.stringValue ?? ""
    if let found = recognize(architecture: architecture, name: name) { return found }
    let tokens = metadata[LanguageTokenizer.GGUFKey.tokens]?.arrayValue?.strings ?? StringArray()
    // Before the name: fine-tuned models often keep their base model's name.
    if contains(tokens, "<|im_start|>"), contains(tokens, "<|im_end|>") {
      return Recognition(
        template: .chatML, reason: "the file has no template; its vocabulary has <|im_start|>",
        isCertain: true)
    }
    if let found = recognize(name: name) { return found }
    return Recognition(
      template: .plain,
      reason: "the file has no template, and neither its architecture nor its name is that of a "
        + "known chat model",
      isCertain: false)
  }

  /// Recognises a Jinja template by texts that it must contain.
  static func recognize(templateText text: String) -> Recognition {
    func has(_ part: String) -> Bool { containsBytes(text, part) }
    func found(_ template: ChatTemplate, _ parts: String) -> Recognition {
      Recognition(
        template: template, reason: "the file's template contains \(parts)", isCertain: true)
    }
    if has("<|im_start|>") { return recognize(chatMLText: text) }
    if has("<|start_header_id|>") && has("<|eot_id|>") {
      return found(.llama3, "<|start_header_id|> and <|eot_id|>")
    }
    if has("<|user|>") && has("<|end|>") { return found(.phi3, "<|user|> and <|end|>") }
    // Phi-3 small and medium build the marks from the role.
    if has("'<|' + message['role']") && has("<|end|>") {
      return found(.phi3, "<|role|> and <|end|>")
    }
    if has("[INST]") && has("<<SYS>>") { return found(.llama2, "[INST] and <<SYS>>") }
    if has("[INST]") && !has("[AVAILABLE_TOOLS]") && !has("[SYSTEM_PROMPT]") {
      return found(.mistralV2, "[INST] without <<SYS>>")
    }
    return Recognition(
      template: .plain, reason: "the file's template is not one of the known templates",
      isCertain: false)
  }

  /// Recognises the dialect of a ChatML template.
  private static func recognize(chatMLText text: String) -> Recognition {
    func found(_ template: ChatTemplate, _ part: String) -> Recognition {
      Recognition(
        template: template, reason: "the file's template contains <|im_start|>\(part)",
        isCertain: true)
    }
    if containsBytes(text, "enable_thinking"), containsBytes(text, "</think>") {
      return found(.qwen3, " and enable_thinking")
    }
    for template in [qwen25, smolLM2, qwen2] {
      // With its frame: the text alone may also occur in an example.
      if let system = template.chatMLDialect.defaultSystem,
        containsBytes(text, "\(system)<|im_end|>")
      {
        return found(template, " and the system text of \(template.rawValue)")
      }
    }
    return found(.chatML, "")
  }

  /// Recognises architectures whose models all use one template.
  private static func recognize(architecture: String, name: String) -> Recognition? {
    let template: ChatTemplate
    switch architecture {
    case "phi3": template = .phi3
    case "qwen2": template = lettersAndDigits(name).contains("qwen25") ? .qwen25 : .qwen2
    case "qwen3": template = .qwen3
    default: return nil
    }
    return Recognition(
      template: template,
      reason: "the file has no template; its architecture is \(architecture)", isCertain: true)
  }

  /// Recognises a model by its name, such as "LLaMA v2" or "Mistral-7B-Instruct-v0.2".
  private static func recognize(name: String) -> Recognition? {
    let name = lettersAndDigits(name)
    let families: [(marks: [String], template: ChatTemplate)] = [
      (["phi3"], .phi3), (["llama3"], .llama3), (["mistral", "mixtral"], .mistralV2),
      (["codellama", "llama2", "llamav2"], .llama2),
    ]
    for (marks, template) in families {
      if let mark = marks.first(where: { name.contains($0) }) {
        return Recognition(
          template: template,
          reason: "the file has no template; its name contains \(mark)", isCertain: true)
      }
    }
    return nil
  }

  private static func lettersAndDigits(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
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
