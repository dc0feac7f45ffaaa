internal import Bytes
internal import Checkpoints

/// The texts that a sentence encoder was trained to see before a question and before a passage.
///
/// multilingual-e5 expects "query: " and "passage: "; without them its vectors are worse. The
/// model's own description decides, so that no name has to be known here.
package struct SentencePrompts: Sendable, Equatable {
  /// Before a question.
  package var query = ""
  /// Before a passage of a document.
  package var passage = ""

  package init(query: String = "", passage: String = "") {
    self.query = query
    self.passage = passage
  }

  /// The prefixes of E5.
  ///
  /// - Source: Wang et al. 2024, arXiv:2402.05672, section 2; the model card of
  ///   intfloat/multilingual-e5-small.
  package static let e5 = SentencePrompts(query: "query: ", passage: "passage: ")

  /// Whether there are none.
  package var isEmpty: Bool { query.isEmpty && passage.isEmpty }

  /// Reads a Hugging Face or sentence-transformers directory.
  ///
  /// 1. `config_sentence_transformers.json` has "prompts" by name.
  /// 2. The model card (README.md) quotes the prefixes.
  /// 3. The name that the model was published under, `_name_or_path` of `config.json` or the heading
  ///    of the card, or the directory's own name is that of an E5.
  ///
  /// - Parameter directory: the directory's path.
  /// - Throws: `ModelError` for a file that is not JSON.
  init(directory: String) throws(ModelError) {
    if let json = try JSONFile.ifPresent(path: directory + "/config_sentence_transformers.json"),
      let prompts = json.value["prompts"]?.members
    {
      func prompt(_ names: [String]) -> String {
        names.lazy.compactMap { name in prompts.last { $0.key == name }?.value.stringValue }.first
          ?? ""
      }
      self.init(query: prompt(["query"]), passage: prompt(["passage", "document", "corpus"]))
      if !isEmpty { return }
    }
    let card = ModelOrigin.card(of: directory)
    let config = try JSONFile.ifPresent(path: directory + "/config.json")
    let names =
      [config?.value["_name_or_path"]?.stringValue, Paths.name(of: directory)].compactMap(\.self)
      + card.filter { $0.hasPrefix("#") || $0.hasPrefix("- name: ") }.map(String.init)
    let quotes = ["\"query: \"", "\"passage: \""].allSatisfy { quote in
      card.contains { $0.contains(quote) }
    }
    self = quotes || names.contains(where: Self.isE5) ? .e5 : SentencePrompts()
  }

  /// Reads a GGUF file: the entries of this project's converter, or the model's name.
  init(gguf metadata: Metadata, source: String) throws(ModelError) {
    typealias Key = BERTConfig.GGUFKey
    let (query, passage) = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      (try metadata.string(Key.queryPrefix), try metadata.string(Key.passagePrefix))
    }
    if query != nil || passage != nil {
      self.init(query: query ?? "", passage: passage ?? "")
      return
    }
    let names =
      ["general.name", "general.basename", "general.base_model.0.name"].compactMap {
        metadata[$0]?.stringValue
      } + [Paths.name(of: source)]
    self = names.contains(where: Self.isE5) ? .e5 : SentencePrompts()
  }

  /// Whether a name is that of an E5 with these prefixes: "e5" is one of its words, and it is not one
  /// of the later models that take an instruction instead.
  static func isE5(_ name: String) -> Bool {
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
    return words.contains("e5") && !words.contains("instruct") && !words.contains("mistral")
  }
}
