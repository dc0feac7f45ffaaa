internal import Kernels

/// The weights of a model of the Llama family, in the layouts that the kernels multiply with.
struct LlamaWeights: Sendable {
  /// One decoder layer.
  struct Layer: Sendable {
    /// Before attention.
    let attentionNorm: RMSNorm
    let attention: SelfAttention
    /// After attention; nil without post-norms.
    let attentionPostNorm: RMSNorm?
    /// Before the feed-forward network.
    let ffnNorm: RMSNorm
    let mlp: GatedMLP
    /// After the feed-forward network; nil without post-norms.
    let ffnPostNorm: RMSNorm?
  }

  /// `[vocab, embed]`; its rows stay in the file.
  let tokens: Embedding
  let layers: [Layer]
  /// After the last layer.
  let finalNorm: RMSNorm
  /// `[vocab, embed]`; made from the token table where the output is tied to it.
  let output: Linear

  /// Makes the layers from the tensors of the table.
  ///
  /// - Throws: `ModelError` naming the first tensor that does not fit.
  init(_ tensors: ModelTensors, _ table: LlamaTensors) throws(ModelError) {
    let config = table.config
    func norm(_ spec: NormSpec) throws(ModelError) -> RMSNorm {
      try tensors.rmsNorm(spec, epsilon: config.epsilon)
    }
    func optional(_ spec: NormSpec?) throws(ModelError) -> RMSNorm? {
      guard let spec else { return nil }
      return try norm(spec)
    }
    let traits = config.architecture.traits
    // In Float32, as llama.cpp does it; transformers rounds the factor to the type of the weights.
    tokens = try tensors.embedding(
      table.tokens, scale: traits.scalesEmbeddings ? Float(config.embed).squareRoot() : 1)
    var layers: [Layer] = []
    for index in 0..<config.layers {
      let layer = table.layer(index)
      var queryKeyNorm: (RMSNorm, RMSNorm)?
      if layer.queryKeyNorm.count == 2 {
        queryKeyNorm = (
          try norm(layer.queryKeyNorm[0]).scaled(by: config.queryScale),
          try norm(layer.queryKeyNorm[1])
        )
      }
      layers.append(
        Layer(
          attentionNorm: try norm(layer.attentionNorm),
          attention: SelfAttention(
            queryKeyValue: try tensors.linear(layer.queryKeyValue), queryKeyNorm: queryKeyNorm,
            output: try tensors.linear(layer.attentionOutput), shape: config.attention),
          attentionPostNorm: try optional(layer.attentionPostNorm),
          ffnNorm: try norm(layer.ffnNorm),
          mlp: GatedMLP(
            gateUp: try tensors.linear(layer.gateUp), down: try tensors.linear(layer.down),
            activation: traits.activation),
          ffnPostNorm: try optional(layer.ffnPostNorm)))
    }
    self.layers = layers
    finalNorm = try norm(table.finalNorm)
    output = Linear(
      weights: try tensors.stack([try tensors.has(table.output) ? table.output : table.tokens]),
      bias: nil)
  }

  /// Memory of the packed matrices, in bytes; the token table stays in the file.
  var packedByteCount: Int {
    layers.reduce(output.byteCount) { $0 + $1.attention.byteCount + $1.mlp.byteCount }
  }
}
