internal import KernelInterface
internal import Kernels

/// The weights of a BERT, in the layouts that the kernels multiply with.
struct BERTWeights: Sendable {
  /// One encoder layer.
  struct Layer: Sendable {
    let attention: SelfAttention
    /// After the residual of the attention.
    let attentionNorm: LayerNorm
    let mlp: MLP
    /// After the residual of the feed-forward network.
    let outputNorm: LayerNorm
  }

  /// `[vocab, embed]`.
  let tokens: Embedding
  /// `[context, embed]`.
  let positions: Embedding
  /// `[tokenTypes, embed]`.
  let types: Embedding
  /// Of the sum of the three embeddings.
  let embeddingNorm: LayerNorm
  let layers: [Layer]
  /// Whether any matrix has fewer bits than plain numbers have.
  let isQuantized: Bool

  /// Makes the layers from the tensors of the table.
  ///
  /// - Throws: `ModelError` naming the first tensor that does not fit.
  init(_ tensors: ModelTensors, _ table: BERTTensors) throws(ModelError) {
    let config = table.config
    func norm(_ spec: NormSpec) throws(ModelError) -> LayerNorm {
      try tensors.layerNorm(spec, epsilon: config.layerNormEpsilon)
    }
    tokens = try tensors.embedding(table.tokens)
    positions = try tensors.embedding(table.positions)
    types = try tensors.embedding(table.types)
    embeddingNorm = try norm(table.embeddingNorm)
    var layers: [Layer] = []
    for index in 0..<config.layers {
      let layer = table.layer(index)
      layers.append(
        Layer(
          attention: SelfAttention(
            queryKeyValue: try tensors.linear(layer.queryKeyValue),
            output: try tensors.linear(layer.attentionOutput), shape: config.attention),
          attentionNorm: try norm(layer.attentionNorm),
          mlp: MLP(
            up: try tensors.linear(layer.up, activation: .gelu),
            down: try tensors.linear(layer.down)),
          outputNorm: try norm(layer.outputNorm)))
    }
    self.layers = layers
    isQuantized = layers.contains {
      [$0.attention.queryKeyValue, $0.attention.output, $0.mlp.up, $0.mlp.down].contains {
        $0.weights.isQuantized
      }
    }
  }

  /// Memory of the packed matrices, in bytes; the embedding tables stay in the file.
  var packedByteCount: Int {
    layers.reduce(0) { $0 + $1.attention.byteCount + $1.mlp.byteCount }
  }
}
