// From a CLIP in any layout to a GGUF file of this project.

internal import Bytes
package import Checkpoints
internal import Kernels

/// Writes a CLIP as a GGUF file with both towers, its tokenizer and the preparation of its pictures.
///
/// Matrices, filters and the token table take the type asked for (the next that fits where a row is
/// not whole blocks of it); position tables, biases and normalisations are F32.
package struct CLIPConverter {
  package let config: CLIPConfig
  /// As far as the source tells; to be completed before writing.
  package var origin: ModelOrigin
  private let tensors: TensorFinder
  private let logitScale: Float

  /// Takes an opened checkpoint of any layout.
  ///
  /// - Throws: `ModelError` naming the file, entry or tensor.
  package init(_ checkpoint: Checkpoint) throws(ModelError) {
    config = try CLIPConfig(checkpoint: checkpoint)
    let table = CLIPTensors(config: config)
    tensors = try TensorFinder(checkpoint, table)
    logitScale = try CLIPConfig.logitScale(tensors, table)
    if case .gguf = checkpoint.format {
      origin = try ModelOrigin(gguf: checkpoint)
    } else {
      let path = checkpoint.path
      origin = ModelOrigin(directory: Paths.folder(of: path))
    }
  }

  /// Writes the file; it appears under `path` when it is whole.
  ///
  /// - Parameters:
  ///   - path: of the file to write.
  ///   - recipe: the type of the matrices, one of ``recipes``.
  ///   - vocabulary: the tokenizer's entries, `CLIPTokenizer.ggufMetadata`.
  /// - Throws: `ModelError` naming the tensor that is missing or cannot be encoded, or the reason
  ///   why the file cannot be written.
  package func write(
    to path: String, recipe: ConversionRecipe,
    vocabulary: [(key: String, value: MetadataValue)]
  ) throws(ModelError) {
    try recipe.check(isOneOf: Self.recipes, architecture: "clip", path: path)
    let metadata =
      origin.metadata(architecture: "clip", recipe) + config.ggufMetadata(logitScale: logitScale)
    try EncodedModelWriter(tensors: tensors).write(
      to: path, specs: CLIPTensors(config: config).all, metadata: metadata + vocabulary
    ) { recipe.type(of: $0, in: shape(of: $0)) }
  }

  /// The types that a CLIP is converted to.
  package static let recipes: [ConversionRecipe] = [.f32, .f16, .q80, .q4KM]

  /// The layers of the tensor's own tower, on which the mixtures depend.
  private func shape(of spec: TensorSpec) -> ConversionRecipe.ModelShape {
    let isVision = spec.name(.gguf).hasPrefix("v.")
    return .init(
      layerCount: isVision ? config.vision.layers : config.text.layers, isTied: false)
  }
}
