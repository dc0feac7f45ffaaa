// From a Whisper in any layout to a GGUF file of this project.

internal import Bytes
package import Checkpoints
internal import Kernels

/// Writes a Whisper as a GGUF file.
///
/// Matrices and the token table take the type asked for (the next that fits where a row is not whole
/// blocks of it), convolutions F16 or F32; position tables, biases and normalisations are F32.
package struct WhisperConverter {
  package let config: WhisperConfig
  /// As far as the source tells; to be completed before writing.
  package var origin: ModelOrigin
  private let tensors: TensorFinder

  /// Takes an opened checkpoint of any layout.
  ///
  /// - Throws: `ModelError` naming the file, entry or tensor.
  package init(_ checkpoint: Checkpoint) throws(ModelError) {
    config = try WhisperConfig(checkpoint: checkpoint)
    tensors = try TensorFinder(checkpoint, WhisperTensors(config: config))
    let path = checkpoint.path
    switch checkpoint.format {
    case .gguf: origin = try ModelOrigin(gguf: checkpoint)
    case .whisperGGML, .torch: origin = ModelOrigin(name: Paths.name(of: path))
    case .safetensors, .cTranslate2:
      origin = ModelOrigin(directory: Paths.folder(of: path))
    }
  }

  /// Writes the file; it appears under `path` when it is whole.
  ///
  /// - Parameters:
  ///   - path: of the file to write.
  ///   - recipe: the type of the matrices, one of ``recipes``.
  /// - Throws: `ModelError` naming the tensor that is missing or cannot be encoded, or the reason
  ///   why the file cannot be written.
  package func write(to path: String, recipe: ConversionRecipe) throws(ModelError) {
    try recipe.check(isOneOf: Self.recipes, architecture: "whisper", path: path)
    try EncodedModelWriter(tensors: tensors).write(
      to: path, specs: WhisperTensors(config: config).all,
      metadata: origin.metadata(architecture: "whisper", recipe) + config.ggufMetadata
    ) { recipe.type(of: $0, in: shape(of: $0)) }
  }

  /// The types that a Whisper is converted to.
  package static let recipes: [ConversionRecipe] = [.f32, .f16, .q80, .q51, .q5KM, .q4KM]

  /// The layers of the tensor's own tower, on which the mixtures depend.
  private func shape(of spec: TensorSpec) -> ConversionRecipe.ModelShape {
    let isEncoder = spec.name(.gguf).hasPrefix("enc.")
    return .init(
      layerCount: isEncoder ? config.encoder.layers : config.decoder.layers, isTied: true)
  }
}
