internal import Bytes
internal import Glibc

extension BERTConfig {
  /// Reads the configuration of a Hugging Face or sentence-transformers directory.
  ///
  /// `config.json` must be there. `sentence_bert_config.json`, `modules.json` and the pooling
  /// module's `config.json` are read where they are; without them the limit is the number of
  /// positions, and embeddings are the normalised mean.
  ///
  /// - Parameter directory: the directory's path.
  /// - Throws: `ModelError` naming the file and the entry.
  package init(directory: String) throws(ModelError) {
    let path = directory + "/config.json"
    let json = try JSONFile(path: path)
    try json.require("model_type", "bert")
    try json.require("hidden_act", "gelu")
    if json.value["position_embedding_type"] != nil {
      try json.require("position_embedding_type", "absolute")
    }
    self.init(
      layers: try json.integer("num_hidden_layers"), embed: try json.integer("hidden_size"),
      heads: try json.integer("num_attention_heads"), ffn: try json.integer("intermediate_size"),
      vocab: try json.integer("vocab_size"), context: try json.integer("max_position_embeddings"),
      tokenTypes: try json.integer("type_vocab_size"),
      layerNormEpsilon: Float(try json.number("layer_norm_eps")))
    if let sentence = try JSONFile.ifPresent(path: directory + "/sentence_bert_config.json"),
      sentence.value["max_seq_length"] != nil, sentence.value["max_seq_length"] != .null
    {
      maximumTokenCount = min(try sentence.integer("max_seq_length"), context)
    }
    if let modules = try JSONFile.ifPresent(path: directory + "/modules.json") {
      try readModules(modules, directory: directory)
    }
    prompts = try SentencePrompts(directory: directory)
    try validate(source: path)
  }

  /// Reads the modules after the encoder: pooling, and in most models normalisation.
  private mutating func readModules(_ modules: JSONFile, directory: String) throws(ModelError) {
    normalizes = false
    for module in modules.value.arrayValue ?? [] {
      let type = module["type"]?.stringValue ?? "absent"
      // The package path before the last dot differs between versions.
      switch type.split(separator: ".").last {
      case "Transformer": continue
      case "Normalize": normalizes = true
      case "Pooling":
        let folder = module["path"]?.stringValue ?? "1_Pooling"
        pooling = try Self.pooling(JSONFile(path: directory + "/" + folder + "/config.json"))
      default:
        throw .unsupported(
          entry: "module type", found: type, supported: "Transformer, Pooling, Normalize",
          source: modules.path)
      }
    }
  }

  /// One switch a mode (until sentence-transformers 5), or the mode's name.
  private static func pooling(_ json: JSONFile) throws(ModelError) -> Pooling {
    let modes =
      if let mode = json.value["pooling_mode"]?.stringValue {
        [mode]
      } else {
        (json.value.members ?? []).filter { $0.value == .bool(true) }.map(\.key)
          .filter { $0.hasPrefix("pooling_mode_") }
      }
    switch modes {
    case ["pooling_mode_mean_tokens"], ["mean"]: return .mean
    case ["pooling_mode_cls_token"], ["cls"]: return .classification
    default:
      throw .unsupported(
        entry: "pooling mode", found: "\(modes)", supported: "mean and cls", source: json.path)
    }
  }
}

/// One JSON file of a model's directory.
struct JSONFile {
  let path: String
  let value: JSONValue

  init(path: String) throws(ModelError) {
    let bytes: [UInt8]
    do throws(BytesError) {
      let file = try MappedFile(path: path)
      bytes = try file.copyBytes(0..<file.byteCount)
    } catch {
      throw .unreadable(source: path, reason: error.description)
    }
    self.path = path
    do throws(JSONError) {
      value = try JSONValue.parse(bytes)
    } catch {
      throw .unreadable(source: path, reason: error.description)
    }
  }

  /// A part of a file, under a name for messages.
  init(path: String, value: JSONValue) {
    self.path = path
    self.value = value
  }

  /// The file, or nil when there is none at `path`.
  static func ifPresent(path: String) throws(ModelError) -> JSONFile? {
    access(path, F_OK) == 0 ? try JSONFile(path: path) : nil
  }

  func integer(_ key: String) throws(ModelError) -> Int {
    guard let integer = value[key]?.integerValue else {
      throw .missing(entry: key, expected: "an integer", source: path)
    }
    return integer
  }

  func number(_ key: String) throws(ModelError) -> Double {
    guard let number = value[key]?.numberValue else {
      throw .missing(entry: key, expected: "a number", source: path)
    }
    return number
  }

  /// Checks that the string `key` is `supported`.
  func require(_ key: String, _ supported: String) throws(ModelError) {
    guard let found = value[key]?.stringValue else {
      throw .missing(entry: key, expected: "a string", source: path)
    }
    guard found == supported else {
      throw .unsupported(entry: key, found: found, supported: supported, source: path)
    }
  }
}
