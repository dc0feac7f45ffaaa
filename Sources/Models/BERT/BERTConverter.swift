// From a Hugging Face directory, or from another GGUF file, to a `bert` GGUF file that llama.cpp
// reads as well.

package import Checkpoints

/// Writes a BERT as a GGUF file with llama.cpp's names.
///
/// Matrices and the token table take the type asked for (F16 where a row is not whole blocks of
/// it); position and type tables, biases and normalisations are F32, as llama.cpp's converter has
/// it.
///
/// - Source: llama.cpp `conversion/base.py` `prepare_tensors`, `conversion/bert.py`.
package struct BERTConverter {
  package let config: BERTConfig
  /// As far as the source tells; to be completed before writing.
  package var origin: ModelOrigin
  private let tensors: TensorFinder

  /// Opens a Hugging Face directory.
  ///
  /// Name and licence are taken from its README.md, where that has a heading and a front matter.
  ///
  /// - Parameter directory: the directory's path.
  /// - Throws: `ModelError` naming the file, entry or tensor.
  package init(directory: String) throws(ModelError) {
    config = try BERTConfig(directory: directory)
    let checkpoint = try mapCheckpointErrors(directory) { () throws(CheckpointError) in
      try Checkpoint.open(path: directory)
    }
    tensors = try TensorFinder(checkpoint, BERTTensors(config: config))
    origin = ModelOrigin(directory: directory)
  }

  /// Takes an opened `bert` GGUF file.
  ///
  /// - Parameter checkpoint: the file.
  /// - Throws: `ModelError` naming the key or tensor.
  package init(gguf checkpoint: Checkpoint) throws(ModelError) {
    let source = checkpoint.path
    config = try BERTConfig(ggufMetadata: checkpoint.metadata, source: source)
    tensors = try TensorFinder(checkpoint, BERTTensors(config: config))
    origin = try ModelOrigin(gguf: checkpoint)
  }

  /// Writes the file; it appears under `path` when it is whole.
  ///
  /// - Parameters:
  ///   - path: of the file to write.
  ///   - recipe: the type of the matrices, one of ``recipes``.
  ///   - vocabulary: the tokenizer's entries, `SentenceTokenizer.ggufMetadata`.
  /// - Throws: `ModelError` naming the tensor that is missing or cannot be encoded, or the reason
  ///   why the file cannot be written.
  package func write(
    to path: String, recipe: ConversionRecipe,
    vocabulary: [(key: String, value: MetadataValue)]
  ) throws(ModelError) {
    try recipe.check(isOneOf: Self.recipes, architecture: "bert", path: path)
    let shape = ConversionRecipe.ModelShape(layerCount: config.layers, isTied: false)
    try EncodedModelWriter(tensors: tensors).write(
      to: path, specs: BERTTensors(config: config).all, metadata: metadata(recipe) + vocabulary
    ) { recipe.type(of: $0, in: shape) }
  }

  /// The types that a BERT is converted to; its rows are seldom whole superblocks.
  package static let recipes: [ConversionRecipe] = [.f32, .f16, .q80]

  private func metadata(_ recipe: ConversionRecipe) -> [(key: String, value: MetadataValue)] {
    typealias Key = BERTConfig.GGUFKey
    let pooling = config.pooling == .mean ? Key.meanPooling : Key.classificationPooling
    return origin.metadata(architecture: "bert", recipe) + [
      (Key.layers, .uint32(UInt32(config.layers))),
      (Key.context, .uint32(UInt32(config.context))),
      (Key.embed, .uint32(UInt32(config.embed))),
      (Key.ffn, .uint32(UInt32(config.ffn))),
      (Key.heads, .uint32(UInt32(config.heads))),
      (Key.epsilon, .float32(config.layerNormEpsilon)),
      (Key.causal, .bool(false)),
      (Key.pooling, .uint32(UInt32(pooling))),
      (Key.tokenTypes, .uint32(UInt32(config.tokenTypes))),
      (Key.maximumTokenCount, .uint32(UInt32(config.maximumTokenCount))),
      (Key.normalizes, .bool(config.normalizes)),
      // Always written, so that a file's name decides nothing.
      (Key.queryPrefix, .string(config.prompts.query)),
      (Key.passagePrefix, .string(config.prompts.passage)),
    ]
  }
}
