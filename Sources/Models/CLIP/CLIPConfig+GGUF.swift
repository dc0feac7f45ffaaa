package import Checkpoints

extension CLIPConfig {
  /// The keys of a `clip` GGUF file; those of gguf-py 0.19.0, `constants.Keys.Clip`, where it has
  /// them.
  enum GGUFKey {
    static let projection = "clip.vision.projection_dim"
    static let imageSize = "clip.vision.image_size"
    static let patchSize = "clip.vision.patch_size"
    static let usesGELU = "clip.use_gelu"
    static let context = "clip.text.context_length"
    static let epsilon = "clip.vision.attention.layer_norm_epsilon"
    static let tokens = "tokenizer.ggml.tokens"
    static let mean = "clip.vision.image_mean"
    static let standardDeviation = "clip.vision.image_std"
    /// Our own: the logarithm of the factor of cosines.
    static let logitScale = "swiftrag.clip.logit_scale"
    /// Our own: which reference the pixels are prepared like.
    static let preprocessing = "swiftrag.clip.preprocessing"

    /// The keys of one tower.
    struct Tower {
      /// `vision` or `text`.
      let name: String
      var layers: String { "clip.\(name).block_count" }
      var embed: String { "clip.\(name).embedding_length" }
      var heads: String { "clip.\(name).attention.head_count" }
      var ffn: String { "clip.\(name).feed_forward_length" }
    }
    static let vision = Tower(name: "vision")
    static let text = Tower(name: "text")
  }

  /// Reads the configuration of a `clip` GGUF file of this project's converter.
  ///
  /// - Parameters:
  ///   - metadata: of the file.
  ///   - source: the file's name, for errors.
  /// - Throws: `ModelError` naming the key that is missing, has another type, or cannot be used.
  package init(ggufMetadata metadata: Metadata, source: String) throws(ModelError) {
    try checkArchitecture(of: metadata, is: "clip", source: source)
    let preprocessing = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      try metadata.string(GGUFKey.preprocessing)
    }
    self = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      func tower(_ keys: GGUFKey.Tower) throws(CheckpointError) -> Tower {
        Tower(
          layers: try metadata.requiredInteger(keys.layers),
          embed: try metadata.requiredInteger(keys.embed),
          heads: try metadata.requiredInteger(keys.heads),
          ffn: try metadata.requiredInteger(keys.ffn))
      }
      return CLIPConfig(
        vision: try tower(GGUFKey.vision), text: try tower(GGUFKey.text),
        imageSize: try metadata.requiredInteger(GGUFKey.imageSize),
        patchSize: try metadata.requiredInteger(GGUFKey.patchSize),
        vocab: try metadata.required(GGUFKey.tokens, metadata.strings(GGUFKey.tokens)).count,
        context: try metadata.requiredInteger(GGUFKey.context),
        projection: try metadata.requiredInteger(GGUFKey.projection),
        activation: try metadata.bool(GGUFKey.usesGELU) ?? false ? .gelu : .quickGELU,
        layerNormEpsilon: Float(
          try metadata.required(GGUFKey.epsilon, metadata.number(GGUFKey.epsilon))))
    }
    if let preprocessing {
      guard let value = Preprocessing(rawValue: preprocessing) else {
        throw .unsupported(
          entry: GGUFKey.preprocessing, found: preprocessing,
          supported: Preprocessing.allCases.map(\.rawValue).joined(separator: ", "), source: source)
      }
      self.preprocessing = value
    }
    try validate(source: source)
  }

  /// The logarithm of the factor of cosines: a tensor, or in a GGUF file an entry of the metadata.
  ///
  /// - Throws: `ModelError.missing` where the file has neither.
  static func logitScale(
    _ tensors: TensorFinder, _ table: CLIPTensors
  ) throws(ModelError) -> Float {
    let checkpoint = tensors.checkpoint
    if let info = try tensors.findOptional(table.logitScale) {
      return TensorRows(info, of: checkpoint).row(0)[0]
    }
    let scale = try mapCheckpointErrors(checkpoint.path) { () throws(CheckpointError) in
      try checkpoint.metadata.number(GGUFKey.logitScale)
    }
    guard let scale else {
      throw .missing(entry: "logit_scale", expected: "a number", source: checkpoint.path)
    }
    return Float(scale)
  }

  /// The entries of the metadata from which `init(ggufMetadata:source:)` reads the configuration.
  func ggufMetadata(logitScale: Float) -> [(key: String, value: MetadataValue)] {
    func count(_ value: Int) -> MetadataValue { .uint32(UInt32(value)) }
    func tower(
      _ tower: Tower, _ keys: GGUFKey.Tower
    ) -> [(key: String, value: MetadataValue)] {
      [
        (keys.layers, count(tower.layers)), (keys.embed, count(tower.embed)),
        (keys.heads, count(tower.heads)), (keys.ffn, count(tower.ffn)),
      ]
    }
    return tower(vision, GGUFKey.vision) + tower(text, GGUFKey.text) + [
      (GGUFKey.imageSize, count(imageSize)), (GGUFKey.patchSize, count(patchSize)),
      (GGUFKey.projection, count(projection)), (GGUFKey.context, count(context)),
      (GGUFKey.epsilon, .float32(layerNormEpsilon)),
      (GGUFKey.usesGELU, .bool(activation == .gelu)),
      (GGUFKey.mean, .array(.float32(Self.mean))),
      (GGUFKey.standardDeviation, .array(.float32(Self.standardDeviation))),
      (GGUFKey.logitScale, .float32(logitScale)),
      (GGUFKey.preprocessing, .string(preprocessing.rawValue)),
    ]
  }

  /// Means of red, green and blue over CLIP's training pictures, the same for every published
  /// model.
  static let mean: [Float] = [0.48145466, 0.4578275, 0.40821073]
  /// Standard deviations of red, green and blue.
  static let standardDeviation: [Float] = [0.26862954, 0.26130258, 0.27577711]
}
