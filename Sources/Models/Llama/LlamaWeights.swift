internal import Kernels

/// The learned numbers of a Llama, in the layouts that the kernels multiply with.
struct LlamaWeights: Sendable {
  /// One decoder layer.
  struct Layer: Sendable {
    /// `[embed]`, before attention.
    let attentionNorm: WeightVector
    /// `[(heads + 2 × keyValueHeads) × headDim, embed]`: queries, keys and values by one product.
    let queryKeyValue: WeightStack
    /// `[embed, heads × headDim]`, after the heads are joined.
    let attentionOutput: WeightStack
    /// `[embed]`, before the feed-forward.
    let ffnNorm: WeightVector
    /// `[2 × ffn, embed]`: gate and up by one product.
    let gateUp: WeightStack
    /// `[embed, ffn]`.
    let down: WeightStack
  }

  /// `[vocab, embed]`; its rows stay in the file.
  let tokens: EmbeddingTable
  let layers: [Layer]
  /// `[embed]`, after the last layer.
  let finalNorm: WeightVector
  /// `[vocab, embed]`; the token table once more where the file has no other.
  let output: WeightStack

  /// Finds and checks every tensor, and packs the matrices.
  ///
  /// - Throws: `ModelError` naming the first tensor that is missing or does not fit.
  init(_ checkpoint: LlamaCheckpoint, _ manifest: LlamaManifest) throws(ModelError) {
    try checkpoint.check(manifest)
    tokens = try checkpoint.table(manifest.tokens)
    var layers: [Layer] = []
    for layer in 0..<manifest.config.layers {
      layers.append(
        Layer(
          attentionNorm: try checkpoint.vector(manifest.attentionNorm(layer)),
          queryKeyValue: try checkpoint.stack(manifest.queryKeyValue(layer)),
          attentionOutput: try checkpoint.stack([manifest.attentionOutput(layer)]),
          ffnNorm: try checkpoint.vector(manifest.ffnNorm(layer)),
          gateUp: try checkpoint.stack(manifest.gateUp(layer)),
          down: try checkpoint.stack([manifest.down(layer)])))
    }
    self.layers = layers
    finalNorm = try checkpoint.vector(manifest.finalNorm)
    let isTied = try checkpoint.findOptional(manifest.output) == nil
    output = try checkpoint.stack([isTied ? manifest.tokens : manifest.output])
  }

  /// Memory of the packed matrices, in bytes; the token table stays in the file.
  var packedByteCount: Int {
    layers.reduce(output.byteCount) { sum, layer in
      sum + layer.queryKeyValue.byteCount + layer.attentionOutput.byteCount
        + layer.gateUp.byteCount + layer.down.byteCount
    }
  }
}
