package import Checkpoints

extension BERTConfig {
  /// The keys of a `bert` GGUF file; gguf-py 0.19.0, `constants.Keys`.
  enum GGUFKey {
    static let layers = "bert.block_count"
    static let embed = "bert.embedding_length"
    static let heads = "bert.attention.head_count"
    static let ffn = "bert.feed_forward_length"
    static let context = "bert.context_length"
    static let epsilon = "bert.attention.layer_norm_epsilon"
    static let causal = "bert.attention.causal"
    static let pooling = "bert.pooling_type"
    static let tokens = "tokenizer.ggml.tokens"
    static let tokenTypes = "tokenizer.ggml.token_type_count"
    /// Our own: the limit that the model was trained for, where it is below the positions.
    static let maximumTokenCount = "swiftrag.maximum_token_count"
    /// Our own: whether embeddings are scaled to unit length; true where absent.
    static let normalizes = "swiftrag.embedding.normalize"
    /// Our own: what precedes a question; nothing where absent.
    static let queryPrefix = "swiftrag.embedding.query_prefix"
    /// Our own: what precedes a passage; nothing where absent.
    static let passagePrefix = "swiftrag.embedding.passage_prefix"

    /// gguf-py `PoolingType`.
    static let meanPooling = 1
    /// gguf-py `PoolingType`.
    static let classificationPooling = 2
  }

  /// Reads the configuration of a `bert` GGUF file.
  ///
  /// - Parameters:
  ///   - metadata: of the file.
  ///   - source: the file's name, for errors.
  /// - Throws: `ModelError` naming the key that is missing, has another type, or cannot be used.
  package init(ggufMetadata metadata: Metadata, source: String) throws(ModelError) {
    self = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      return BERTConfig(
        layers: try metadata.requiredInteger(GGUFKey.layers),
        embed: try metadata.requiredInteger(GGUFKey.embed),
        heads: try metadata.requiredInteger(GGUFKey.heads),
        ffn: try metadata.requiredInteger(GGUFKey.ffn),
        vocab: try metadata.required(GGUFKey.tokens, metadata.strings(GGUFKey.tokens)).count,
        context: try metadata.requiredInteger(GGUFKey.context),
        tokenTypes: try metadata.integer(GGUFKey.tokenTypes) ?? 1,
        layerNormEpsilon: Float(
          try metadata.required(GGUFKey.epsilon, metadata.number(GGUFKey.epsilon))),
        normalizes: try metadata.bool(GGUFKey.normalizes) ?? true,
        maximumTokenCount: try metadata.integer(GGUFKey.maximumTokenCount))
    }
    try checkArchitecture(of: metadata, is: "bert", source: source)
    try checkNotCausal(metadata, source: source)
    pooling = try Self.pooling(metadata, source: source)
    prompts = try SentencePrompts(gguf: metadata, source: source)
    try validate(source: source)
  }

  private func checkNotCausal(_ metadata: Metadata, source: String) throws(ModelError) {
    let causal = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      try metadata.bool(GGUFKey.causal)
    }
    if causal == true {
      throw .unsupported(
        entry: GGUFKey.causal, found: "true", supported: "false", source: source)
    }
  }

  private static func pooling(
    _ metadata: Metadata, source: String
  ) throws(ModelError) -> Pooling {
    let type = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      try metadata.integer(GGUFKey.pooling)
    }
    switch type {
    case nil, GGUFKey.meanPooling: return .mean
    case GGUFKey.classificationPooling: return .classification
    case let other?:
      throw .unsupported(
        entry: GGUFKey.pooling, found: "\(other)", supported: "1 (mean) and 2 (CLS)",
        source: source)
    }
  }
}
