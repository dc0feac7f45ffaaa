internal import Bytes

extension CLIPConfig {
  /// Reads the configuration of a Hugging Face folder.
  ///
  /// `preprocessor_config.json` is read where it is there: another mean, deviation or interpolation
  /// than CLIP's is refused rather than ignored.
  ///
  /// - Parameter directory: the folder with `config.json`.
  /// - Throws: `ModelError` naming the file and the entry.
  package init(directory: String) throws(ModelError) {
    let path = directory + "/config.json"
    let json = try JSONFile(path: path)
    try json.require("model_type", "clip")
    let vision = try json.object("vision_config")
    let text = try json.object("text_config")
    let activation = try vision.string("hidden_act", default: Activation.quickGELU.rawValue)
    let textActivation = try text.string("hidden_act", default: Activation.quickGELU.rawValue)
    guard let activationValue = Activation(rawValue: activation), activation == textActivation
    else {
      throw .unsupported(
        entry: "hidden_act", found: "\(activation) and \(textActivation)",
        supported: "quick_gelu or gelu, the same in both towers", source: path)
    }
    self.init(
      vision: try Self.tower(
        vision, default: Tower(layers: 12, embed: 768, heads: 12, ffn: 3_072)),
      text: try Self.tower(text, default: Tower(layers: 12, embed: 512, heads: 8, ffn: 2_048)),
      imageSize: try vision.integer("image_size", default: 224),
      patchSize: try vision.integer("patch_size", default: 32),
      vocab: try text.integer("vocab_size", default: 49_408),
      context: try text.integer("max_position_embeddings", default: 77),
      projection: try json.integer("projection_dim", default: 512), activation: activationValue,
      layerNormEpsilon: Float(try vision.number("layer_norm_eps", default: 1e-5)),
      preprocessing: .huggingFace)
    try Self.checkEnd(text, vocab: vocab)
    try checkPreprocessor(directory)
    try validate(source: path)
  }

  /// The sizes of a tower; transformers leaves out those that equal its defaults.
  private static func tower(
    _ json: JSONFile, default standard: Tower
  ) throws(ModelError) -> Tower {
    Tower(
      layers: try json.integer("num_hidden_layers", default: standard.layers),
      embed: try json.integer("hidden_size", default: standard.embed),
      heads: try json.integer("num_attention_heads", default: standard.heads),
      ffn: try json.integer("intermediate_size", default: standard.ffn))
  }

  /// The token from which a text's vector is read must be the largest id.
  ///
  /// transformers reads it at the first `eos_token_id`, except that 2, a mistake in early files, means
  /// the largest id.
  private static func checkEnd(_ text: JSONFile, vocab: Int) throws(ModelError) {
    let end = try text.integer("eos_token_id", default: 49_407)
    guard end == 2 || end == vocab - 1 else {
      throw .unsupported(
        entry: "text_config.eos_token_id", found: "\(end)",
        supported: "the largest id, \(vocab - 1)", source: text.path)
    }
  }

  /// Refuses another mean or deviation of pixels than CLIP's; a file need not state them.
  static func checkPixels(
    _ value: JSONValue?, entry: String, expected: [Float], source: String
  ) throws(ModelError) {
    guard let found = value?.arrayValue?.compactMap(\.numberValue) else { return }
    guard found.map({ Float($0) }) == expected else {
      throw .unsupported(
        entry: entry, found: "\(found)", supported: "\(expected)", source: source)
    }
  }

  private func checkPreprocessor(_ directory: String) throws(ModelError) {
    guard let json = try JSONFile.ifPresent(path: directory + "/preprocessor_config.json") else {
      return
    }
    for (key, expected) in [("image_mean", Self.mean), ("image_std", Self.standardDeviation)] {
      try Self.checkPixels(json.value[key], entry: key, expected: expected, source: json.path)
    }
    // PIL's number of bicubic interpolation.
    if let resample = json.value["resample"]?.integerValue, resample != 3 {
      throw .unsupported(
        entry: "resample", found: "\(resample)", supported: "3 (bicubic)", source: json.path)
    }
  }
}

extension JSONFile {
  /// The member object `key` as a file of its own for look-ups and messages.
  fileprivate func object(_ key: String) throws(ModelError) -> JSONFile {
    guard let member = value[key], member.members != nil else {
      throw .missing(entry: key, expected: "an object", source: path)
    }
    return JSONFile(path: "\(path), \(key)", value: member)
  }

  fileprivate func integer(_ key: String, default standard: Int) throws(ModelError) -> Int {
    value[key] == nil || value[key] == .null ? standard : try integer(key)
  }

  fileprivate func number(_ key: String, default standard: Double) throws(ModelError) -> Double {
    value[key] == nil || value[key] == .null ? standard : try number(key)
  }

  fileprivate func string(_ key: String, default standard: String) throws(ModelError) -> String {
    guard let found = value[key], found != .null else { return standard }
    guard let string = found.stringValue else {
      throw .missing(entry: key, expected: "a string", source: path)
    }
    return string
  }
}
