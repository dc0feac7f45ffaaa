package import Checkpoints

extension ChatTemplate {
  /// A template and why it was chosen.
  package struct Recognition: Sendable, Equatable {
    package let template: ChatTemplate
    /// One sentence for a person.
    package let reason: String
    /// Whether anything spoke for the template; false where `plain` is what is left.
    package let isCertain: Bool
  }

  /// Chooses the template of a model's GGUF file.
  ///
  /// The file's own template decides by characteristic texts in it; where it has none, the
  /// architecture and the name do, and last the vocabulary. (llama.cpp's server takes ChatML for
  /// every file without a template, which Llama-2 and Mistral were not trained on.)
  ///
  /// - Parameter metadata: of the file; entries of another type than expected count as absent.
  /// - Returns: the template with the reason for it.
  package static func recognize(_ metadata: Metadata) -> Recognition {
    let text = metadata[LanguageTokenizer.GGUFKey.chatTemplate]?.stringValue
    if let text, !text.isEmpty { return recognize(templateText: text) }
    let architecture = metadata[LanguageTokenizer.GGUFKey.architecture]?.stringValue ?? ""
    let name = metadata[LanguageTokenizer.GGUFKey.name]?.stringValue ?? ""
    if let found = recognize(architecture: architecture, name: name) { return found }
    let tokens = metadata[LanguageTokenizer.GGUFKey.tokens]?.arrayValue?.strings ?? StringArray()
    if contains(tokens, "<|im_start|>"), contains(tokens, "<|im_end|>") {
      return Recognition(
        template: .chatML, reason: "the file has no template; its vocabulary has <|im_start|>",
        isCertain: true)
    }
    return Recognition(
      template: .plain,
      reason: "the file has no template, and neither its architecture nor its name is that of a "
        + "known chat model",
      isCertain: false)
  }

  /// Recognises a Jinja template by the texts that it must contain.
  static func recognize(templateText text: String) -> Recognition {
    func has(_ part: String) -> Bool { containsBytes(text, part) }
    func found(_ template: ChatTemplate, _ parts: String) -> Recognition {
      Recognition(
        template: template, reason: "the file's template contains \(parts)", isCertain: true)
    }
    if has("<|im_start|>") { return found(.chatML, "<|im_start|>") }
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
      template: .plain, reason: "the file's template is none of those that are known",
      isCertain: false)
  }

  /// Recognises a model by what it is called.
  static func recognize(architecture: String, name: String) -> Recognition? {
    func found(_ template: ChatTemplate, _ why: String) -> Recognition {
      Recognition(
        template: template, reason: "the file has no template; \(why)", isCertain: true)
    }
    if architecture == "phi3" { return found(.phi3, "its architecture is phi3") }
    // "LLaMA v2", "codellama_codellama-7b-instruct-hf", "Mistral-7B-Instruct-v0.2" and their like.
    let plainName = String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    let families: [(marks: [String], ChatTemplate)] = [
      (["phi3"], .phi3), (["llama3"], .llama3), (["mistral", "mixtral"], .mistralV2),
      (["codellama", "llama2", "llamav2"], .llama2),
    ]
    for (marks, template) in families {
      if let mark = marks.first(where: { plainName.contains($0) }) {
        return found(template, "its name contains \(mark)")
      }
    }
    return nil
  }

  /// Whether `text` contains the bytes of `part`: no canonical equivalence, no search of characters.
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
