internal import Checkpoints
package import Models

/// A model of random weights with the names, order, keys and types of a published GGUF file.
///
/// It serves to measure speed and to compare two programs on one file.
///
/// The weights have mean 0 and variance gain² / inputs, so that activations keep their magnitude
/// over any number of layers. Each layer adds a quarter of that to the residual stream.
///
/// Random logits have no clear maximum, so the last bits would decide greedy text. Where a tiny
/// model's weights are written as floating-point numbers, row v of the output matrix therefore
/// contains a multiple of the embedding of another token, which is then mostly followed by v. These
/// successors form one cycle through the whole vocabulary.
package struct SyntheticModel {
  package let architecture: SyntheticArchitecture
  package let size: SyntheticSize
  package let recipe: ConversionRecipe
  package let seed: UInt64
  let config: LlamaConfig

  /// Standard deviation of the logits, leaning aside.
  ///
  /// Small, so that the divergence between two programs counts their differences and not the
  /// temperature.
  private static let outputGain: Float = 1
  /// The favoured logit of a token in units of `outputGain`.
  ///
  /// The largest of 512 random ones is about 3. An output row contains the embedding times this
  /// over sqrt(embed).
  private static let favouredLogit: Float = 10
  /// Standard deviation of the logits where the output is tied to the token table.
  ///
  /// The favoured successor of a token is then the token itself: its logit is `tiedGain * sqrt(embed)`
  /// less what the layers add, about 10 for a width of 256.
  private static let tiedGain: Float = 0.8
  /// Standard deviation of what attention and feed-forward network add to the residual stream.
  private static let residualGain: Float = 0.25
  /// Standard deviation of the weights of normalisations, and of biases, around ``center(of:)``.
  private static let normSpread: Float = 0.1

  package init(
    architecture: SyntheticArchitecture, size: SyntheticSize, recipe: ConversionRecipe, seed: UInt64
  ) {
    self.architecture = architecture
    self.size = size
    self.recipe = recipe
    self.seed = seed
    config = architecture.config(size)
  }

  /// The file's tensors with their types, in file order.
  var tensors: [(spec: TensorSpec, type: TensorType)] {
    let shape = ConversionRecipe.ModelShape(layerCount: config.layers, isTied: architecture.isTied)
    return SyntheticManifest(architecture: architecture, config: config).tensors.map {
      ($0, TensorType(recipe.type(of: $0, in: shape)))
    }
  }

  /// The size of all tensors in bytes: nearly the size of the file, except for the vocabulary.
  package var tensorByteCount: Int {
    tensors.reduce(0) { sum, entry in
      let elements = entry.spec.shape.reduce(1, *)
      return sum + elements / entry.type.blockElementCount * entry.type.blockByteCount
    }
  }

  /// Writes the file; the same model gives the same bytes on every machine.
  ///
  /// - Parameter path: the file to write, which becomes visible when it is complete.
  /// - Throws: `ModelError.unreadable` with the reason why it cannot be written.
  package func write(to path: String) throws(ModelError) {
    do throws(CheckpointError) {
      var writer = try GGUFWriter()
      for (key, value) in metadata { try writer.setMetadata(key, value) }
      for (spec, type) in tensors {
        try writer.addTensor(
          name: spec.name(.gguf), type: type, shape: spec.shape,
          source: .stream { (sink) throws(CheckpointError) in
            try self.write(spec, type: type, to: sink)
          })
      }
      try writer.write(to: path)
    } catch {
      throw .unreadable(source: path, reason: error.description)
    }
  }

  private func write(
    _ spec: TensorSpec, type: TensorType, to sink: TensorSink
  ) throws(CheckpointError) {
    var random = RandomNumbers(seed: seed, name: spec.name(.gguf))
    if spec.role.kind == .vector {
      let center = center(of: spec)
      for _ in 0..<spec.shape[0] {
        let number = center + Self.normSpread * random.nextNormal()
        try sink.append(withUnsafeBytes(of: number) { Array($0) })
      }
      return
    }
    let inputs = spec.shape[1]
    if spec.role == .output, let plain = RandomBlocks.PlainType(type), size == .tiny {
      return try writeLeaningOutput(spec, type: plain, random: random, to: sink)
    }
    let blocks = RandomBlocks(
      type: type,
      standardDeviation: gain(of: spec.role) / Float(inputs).squareRoot())
    try blocks.write(elementCount: spec.shape[0] * inputs, random: &random, to: sink)
  }

  /// Rows `outputGain / sqrt(inputs) * (noise + favouredLogit / sqrt(inputs) * embedding before)`.
  private func writeLeaningOutput(
    _ spec: TensorSpec, type: RandomBlocks.PlainType, random: RandomNumbers, to sink: TensorSink
  ) throws(CheckpointError) {
    var random = random
    let (rows, inputs) = (spec.shape[0], spec.shape[1])
    let predecessors = cycle(rows, random: &random)
    let scale = gain(of: .output) / Float(inputs).squareRoot()
    let leaning = Self.favouredLogit / Float(inputs).squareRoot()
    // The same embedding matrix again: one stream of normal numbers of variance 1.
    var embeddingStream = RandomNumbers(seed: seed, name: "token_embd.weight")
    let embedding = (0..<rows * inputs).map { _ in embeddingStream.nextNormal() }
    for row in 0..<rows {
      let first = predecessors[row] * inputs
      let numbers = (0..<inputs).map { column in
        scale * (random.nextNormal() + leaning * embedding[first + column])
      }
      try sink.append(type.bytes(of: numbers))
    }
  }

  /// The predecessor of each of `count` tokens in one cycle through all of them.
  ///
  /// - Source: S. Sattolo, "An algorithm to generate a random cyclic permutation", 1986.
  private func cycle(_ count: Int, random: inout RandomNumbers) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(random.nextWord() % UInt64(last)))
    }
    return order
  }

  /// The mean of a vector: 1 for the weight of a norm before a sublayer, 0 for a bias; a norm after a
  /// sublayer decides what it adds to the residual stream.
  private func center(of spec: TensorSpec) -> Float {
    if spec.role == .bias { return 0 }
    // `post_attention_norm`, `post_ffw_norm`.
    return spec.name(.gguf).contains(".post_") ? Self.residualGain * residualSpread : 1
  }

  private var traits: LlamaConfig.Architecture.Traits { config.architecture.traits }

  /// Standard deviation of the numbers of a token's embedding.
  private var embeddingSpread: Float {
    architecture.isTied ? Self.tiedGain / Float(config.embed).squareRoot() : 1
  }

  /// Standard deviation of the residual stream's numbers.
  private var residualSpread: Float {
    traits.scalesEmbeddings
      ? embeddingSpread * Float(config.embed).squareRoot() : embeddingSpread
  }

  private func gain(of role: TensorRole) -> Float {
    switch role {
    // A token's row is looked up, not summed over inputs.
    case .tokenEmbedding: embeddingSpread * Float(config.embed).squareRoot()
    case .attentionOutput, .ffnDown:
      traits.hasPostNorms ? 1 : Self.residualGain * residualSpread
    case .output: Self.outputGain
    default: 1
    }
  }
}
