internal import KernelInterface
internal import Kernels

/// The weights of a Whisper, in the layouts that the kernels multiply with.
struct WhisperWeights: Sendable {
  /// One layer of the encoder.
  struct EncoderLayer: Sendable {
    let attentionNorm: LayerNorm
    let attention: SelfAttention
    let ffnNorm: LayerNorm
    let mlp: MLP
  }

  /// One layer of the decoder.
  struct DecoderLayer: Sendable {
    let attentionNorm: LayerNorm
    let attention: SelfAttention
    let crossNorm: LayerNorm
    let crossAttention: CrossAttention
    let ffnNorm: LayerNorm
    let mlp: MLP
  }

  /// Width 3, stride 1.
  let firstConvolution: Convolution1D
  /// Width 3, stride 2.
  let secondConvolution: Convolution1D
  /// `[context, embed]` of the encoder.
  let soundPositions: Embedding
  let encoderLayers: [EncoderLayer]
  let encoderNorm: LayerNorm

  /// `[vocab, embed]`.
  let tokens: Embedding
  /// `[context, embed]` of the decoder.
  let textPositions: Embedding
  let decoderLayers: [DecoderLayer]
  let decoderNorm: LayerNorm
  /// The token table as a matrix, without bias.
  let output: Linear

  /// Makes the layers from the tensors of the table.
  ///
  /// - Throws: `ModelError` naming the first tensor that does not fit.
  init(_ tensors: ModelTensors, _ table: WhisperTensors) throws(ModelError) {
    let config = table.config
    firstConvolution = try tensors.convolution1D(
      table.firstConvolution, stride: 1, padding: 1, activation: .gelu)
    secondConvolution = try tensors.convolution1D(
      table.secondConvolution, stride: 2, padding: 1, activation: .gelu)
    soundPositions = try tensors.embedding(table.soundPositions)
    var encoderLayers: [EncoderLayer] = []
    for index in 0..<config.encoder.layers {
      let layer = table.encoderLayer(index)
      encoderLayers.append(
        EncoderLayer(
          attentionNorm: try tensors.norm(layer.attention.norm),
          attention: try tensors.selfAttention(layer.attention, config.encoder),
          ffnNorm: try tensors.norm(layer.ffnNorm), mlp: try tensors.mlp(layer)))
    }
    self.encoderLayers = encoderLayers
    encoderNorm = try tensors.norm(table.encoderNorm)

    tokens = try tensors.embedding(table.tokens)
    textPositions = try tensors.embedding(table.textPositions)
    var decoderLayers: [DecoderLayer] = []
    for index in 0..<config.decoder.layers {
      let layer = table.decoderLayer(index)
      guard let cross = layer.crossAttention else {
        preconditionFailure("every layer of the decoder has cross-attention")
      }
      decoderLayers.append(
        DecoderLayer(
          attentionNorm: try tensors.norm(layer.attention.norm),
          attention: try tensors.selfAttention(layer.attention, config.decoder),
          crossNorm: try tensors.norm(cross.norm),
          crossAttention: CrossAttention(
            query: try tensors.linear(cross.query),
            keyValue: try tensors.linear([cross.key, cross.value]),
            output: try tensors.linear(cross.output), shape: config.decoder.attention),
          ffnNorm: try tensors.norm(layer.ffnNorm), mlp: try tensors.mlp(layer)))
    }
    self.decoderLayers = decoderLayers
    decoderNorm = try tensors.norm(table.decoderNorm)
    output = Linear(weights: try tensors.stack([table.tokens]), bias: nil)
  }

  /// The storage format of keys and values.
  ///
  /// Float16 rounds them by 2⁻¹¹, far less than quantised weights have changed them, and a step reads
  /// those of the sound in half the time. Plain weights are those of the reference, so keys and values
  /// that follow from them stay Float32.
  var cacheType: KVCacheType {
    decoderLayers.contains { $0.crossAttention.keyValue.weights.isQuantized } ? .f16 : .f32
  }

  /// The arithmetic by which the encoder multiplies queries with keys.
  ///
  /// With quantised weights the products round their inputs to bytes, so queries and keys, which
  /// products read once more, are rounded likewise: of 1,500 positions, their scores are a fifth of
  /// the encoder's time in Float32. Plain weights keep Float32.
  var scorePrecision: ScorePrecision {
    encoderLayers.contains { $0.attention.queryKeyValue.weights.isQuantized } ? .bytes : .float32
  }

  /// Memory of the packed matrices, in bytes; the tables of tokens and positions stay in the file.
  var packedByteCount: Int {
    firstConvolution.byteCount + secondConvolution.byteCount + output.byteCount
      + encoderLayers.reduce(0) { $0 + $1.attention.byteCount + $1.mlp.byteCount }
      + decoderLayers.reduce(0) {
        $0 + $1.attention.byteCount + $1.crossAttention.byteCount + $1.mlp.byteCount
      }
  }
}

extension ModelTensors {
  fileprivate func norm(_ spec: NormSpec) throws(ModelError) -> LayerNorm {
    try layerNorm(spec, epsilon: WhisperConfig.layerNormEpsilon)
  }

  fileprivate func selfAttention(
    _ specs: WhisperTensors.Attention, _ tower: WhisperConfig.Tower
  ) throws(ModelError) -> SelfAttention {
    SelfAttention(
      queryKeyValue: try linear([specs.query, specs.key, specs.value]),
      output: try linear(specs.output), shape: tower.attention)
  }

  fileprivate func mlp(_ layer: WhisperTensors.Layer) throws(ModelError) -> MLP {
    MLP(up: try linear(layer.up, activation: .gelu), down: try linear(layer.down))
  }
}
