internal import KernelInterface
internal import Kernels

/// The weights of a CLIP, in the layouts that the kernels multiply with.
struct CLIPWeights: Sendable {
  /// One layer of a tower.
  struct Layer: Sendable {
    /// Before the attention.
    let attentionNorm: LayerNorm
    let attention: SelfAttention
    /// Before the feed-forward network.
    let ffnNorm: LayerNorm
    let mlp: MLP

    /// Memory of the packed matrices, in bytes.
    var byteCount: Int { attention.byteCount + mlp.byteCount }
  }

  // The image tower.

  let patches: PatchEmbedding
  /// `[embed]`.
  let classEmbedding: [Float]
  /// `[1 + patches, embed]`.
  let imagePositions: Embedding
  /// Before the first layer.
  let preNorm: LayerNorm
  let imageLayers: [Layer]
  /// Of the class token after the last layer.
  let imageNorm: LayerNorm
  /// `[projection, embed]`, without bias.
  let imageProjection: Linear

  // The text tower.

  /// `[vocab, embed]`.
  let tokens: Embedding
  /// `[context, embed]`.
  let textPositions: Embedding
  let textLayers: [Layer]
  /// Of the last token after the last layer.
  let textNorm: LayerNorm
  /// `[projection, embed]`, without bias.
  let textProjection: Linear

  /// Makes the layers from the tensors of the table.
  ///
  /// - Throws: `ModelError` naming the first tensor that does not fit.
  init(_ tensors: ModelTensors, _ table: CLIPTensors) throws(ModelError) {
    let config = table.config
    func norm(_ spec: NormSpec) throws(ModelError) -> LayerNorm {
      try tensors.layerNorm(spec, epsilon: config.layerNormEpsilon)
    }
    patches = try tensors.patchEmbedding(
      table.patches, height: config.imageSize, width: config.imageSize)
    classEmbedding = try tensors.vector(table.classEmbedding).array()
    imagePositions = try tensors.embedding(table.imagePositions)
    preNorm = try norm(table.preNorm)
    imageLayers = try Self.layers(tensors, table, .vision)
    imageNorm = try norm(table.imageNorm)
    imageProjection = try tensors.linear(table.imageProjection)
    tokens = try tensors.embedding(table.tokens)
    textPositions = try tensors.embedding(table.textPositions)
    textLayers = try Self.layers(tensors, table, .text)
    textNorm = try norm(table.textNorm)
    textProjection = try tensors.linear(table.textProjection)
  }

  private static func layers(
    _ tensors: ModelTensors, _ table: CLIPTensors, _ tower: CLIPTensors.TowerName
  ) throws(ModelError) -> [Layer] {
    let config = table.config
    var layers: [Layer] = []
    for index in 0..<table.config(of: tower).layers {
      let layer = table.layer(index, of: tower)
      layers.append(
        Layer(
          attentionNorm: try tensors.layerNorm(
            layer.attentionNorm, epsilon: config.layerNormEpsilon),
          attention: SelfAttention(
            queryKeyValue: try tensors.linear(layer.queryKeyValue),
            output: try tensors.linear(layer.attentionOutput),
            shape: table.config(of: tower).attention),
          ffnNorm: try tensors.layerNorm(layer.ffnNorm, epsilon: config.layerNormEpsilon),
          mlp: MLP(
            up: try tensors.linear(layer.up, activation: config.activationFunction),
            down: try tensors.linear(layer.down))))
    }
    return layers
  }

  /// Memory of the packed matrices, in bytes; the tables of tokens and positions stay in the file.
  var packedByteCount: Int {
    (imageLayers + textLayers).reduce(0) { $0 + $1.byteCount } + patches.byteCount
      + imageProjection.byteCount + textProjection.byteCount
  }
}
