internal import Kernels

/// The learned numbers of a BERT, in the layouts that the kernels multiply with.
struct BERTWeights: Sendable {
  /// A linear layer: `y = x Wᵀ + b`.
  struct Linear: Sendable {
    let weight: WeightStack
    let bias: WeightVector
  }

  /// The gain and shift of a layer normalisation.
  struct Normalization: Sendable {
    let gain: WeightVector
    let shift: WeightVector
  }

  /// One encoder layer.
  struct Layer: Sendable {
    /// `[3 * embed, embed]`: queries, keys and values by one product.
    let queryKeyValue: Linear
    /// `[embed, embed]`, after the heads are joined.
    let attentionOutput: Linear
    let attentionNorm: Normalization
    /// `[ffn, embed]`.
    let up: Linear
    /// `[embed, ffn]`.
    let down: Linear
    let outputNorm: Normalization
  }

  /// `[vocab, embed]`.
  let tokens: EmbeddingTable
  /// `[context, embed]`.
  let positions: EmbeddingTable
  /// `[tokenTypes, embed]`.
  let types: EmbeddingTable
  let embeddingNorm: Normalization
  let layers: [Layer]

  /// Finds and checks every tensor, and packs the matrices for `compute`.
  ///
  /// - Throws: `ModelError` naming the first tensor that is missing or does not fit.
  init(
    _ checkpoint: BERTCheckpoint, config: BERTConfig, compute: ComputeContext
  ) throws(ModelError) {
    let manifest = BERTManifest(config: config)
    // All shapes are checked before the first matrix is packed: errors come at once.
    for tensor in manifest.all { _ = try checkpoint.find(tensor) }

    func linear(_ parts: [(weight: BERTTensor, bias: BERTTensor)]) throws(ModelError) -> Linear {
      var biases: [WeightVector] = []
      for part in parts { biases.append(try checkpoint.vector(part.bias)) }
      return Linear(
        weight: try checkpoint.matrix(parts.map(\.weight), compute: compute),
        bias: WeightVector.concatenating(biases))
    }
    func normalization(
      _ part: (gain: BERTTensor, shift: BERTTensor)
    ) throws(ModelError) -> Normalization {
      Normalization(
        gain: try checkpoint.vector(part.gain), shift: try checkpoint.vector(part.shift))
    }

    tokens = try checkpoint.table(manifest.tokenEmbedding)
    positions = try checkpoint.table(manifest.positionEmbedding)
    types = try checkpoint.table(manifest.typeEmbedding)
    embeddingNorm = try normalization(manifest.embeddingNorm)
    var layers: [Layer] = []
    for layer in 0..<config.layers {
      layers.append(
        Layer(
          queryKeyValue: try linear([
            manifest.query(layer), manifest.key(layer), manifest.value(layer),
          ]),
          attentionOutput: try linear([manifest.attentionOutput(layer)]),
          attentionNorm: try normalization(manifest.attentionNorm(layer)),
          up: try linear([manifest.up(layer)]),
          down: try linear([manifest.down(layer)]),
          outputNorm: try normalization(manifest.outputNorm(layer))))
    }
    self.layers = layers
  }

  /// Memory of the packed matrices; the tables stay in the file.
  var packedByteCount: Int {
    layers.reduce(0) { sum, layer in
      let linears = [layer.queryKeyValue, layer.attentionOutput, layer.up, layer.down]
      return sum + linears.reduce(0) { $0 + $1.weight.byteCount }
    }
  }
}
