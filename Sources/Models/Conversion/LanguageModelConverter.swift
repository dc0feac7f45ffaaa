// From a GGUF file of the Llama family in plain numbers to one in a quantised type, which llama.cpp
// reads as well.

internal import Bytes
package import Checkpoints
package import Kernels

/// Writes a language model's GGUF file with its matrices in other types.
///
/// Metadata and the order of the tensors stay as they are; `general.file_type` and
/// `general.quantization_version` are set. Vectors become F32, as llama.cpp's converter writes them.
///
/// - Source: llama.cpp `llama_model_quantize_impl` (src/llama-quant.cpp).
package struct LanguageModelConverter {
  /// The types that a matrix can be converted from: those that have not lost bits already.
  static let plainTypes: [TensorType] = [.f32, .f16, .bf16]

  /// `general.name`; nil leaves the file's own.
  package var name: String?
  /// `general.license`, an SPDX identifier in lower case.
  package var license: String?
  /// `general.source.url`.
  package var sourceURL: String?

  private let checkpoint: Checkpoint
  private let shape: ConversionRecipe.ModelShape
  /// The model's tensors by their names in the file.
  private let specs: [String: TensorSpec]

  /// Takes an opened file, and checks its configuration and tensors as loading does.
  ///
  /// - Throws: `ModelError` naming the key or tensor that the loader would refuse.
  package init(gguf checkpoint: Checkpoint) throws(ModelError) {
    self.checkpoint = checkpoint
    let config = try LlamaConfig(gguf: checkpoint)
    let table = LlamaTensors(config: config)
    let tensors = try TensorFinder(checkpoint, table)
    var specs: [String: TensorSpec] = [:]
    for spec in table.all {
      if let info = try tensors.findOptional(spec) { specs[info.name] = spec }
    }
    self.specs = specs
    shape = .init(
      layerCount: config.layers, isTied: try tensors.findOptional(table.output) == nil)
  }

  /// Writes the file; it appears under `path` when it is whole.
  ///
  /// - Parameters:
  ///   - path: of the file to write.
  ///   - recipe: which type each tensor gets.
  ///   - pool: the threads that encode.
  /// - Throws: `ModelError` naming the tensor that cannot be converted, or the reason why the file
  ///   cannot be written.
  package func write(
    to path: String, recipe: ConversionRecipe, pool: WorkerPool
  ) throws(ModelError) {
    var sources: [(TensorInfo, TensorType, TensorSource)] = []
    for info in checkpoint.tensors {
      let (type, source) = try converted(info, recipe, pool)
      sources.append((info, type, source))
    }
    try mapCheckpointErrors(path) { () throws(CheckpointError) in
      var writer = try GGUFWriter(alignment: checkpoint.alignment)
      for (key, value) in metadata(recipe) { try writer.setMetadata(key, value) }
      for (info, type, source) in sources {
        try writer.addTensor(name: info.name, type: type, shape: info.shape, source: source)
      }
      try writer.write(to: path)
    }
  }

  private func converted(
    _ info: TensorInfo, _ recipe: ConversionRecipe, _ pool: WorkerPool
  ) throws(ModelError) -> (TensorType, TensorSource) {
    // What the forward pass does not read stays as it is.
    guard let spec = specs[info.name] else {
      return (info.type, checkpoint.source(of: info))
    }
    let type = recipe.type(of: spec, in: shape)
    if info.type == TensorType(type) {
      return (info.type, checkpoint.source(of: info))
    }
    guard Self.plainTypes.contains(info.type) else {
      throw .unsupported(
        entry: "type of tensor \(info.name)", found: info.type.name,
        supported: "F32, F16, BF16 (convert from the original: each rounding adds to the last)",
        source: checkpoint.path)
    }
    let rows = TensorRows(info, of: checkpoint)
    return (TensorType(type), TensorEncoder(rows, as: type, pool: pool).source)
  }

  /// The model's entries with the changes in place, or at the end where they are new.
  ///
  /// The `split.` keys of a model in several files are dropped: the result is one file.
  private func metadata(_ recipe: ConversionRecipe) -> [(key: String, value: MetadataValue)] {
    var changes: [(key: String, value: MetadataValue)] = [
      ("general.file_type", .uint32(recipe.fileType)),
      // GGML_QUANT_VERSION: the meaning of the block types.
      ("general.quantization_version", .uint32(2)),
    ]
    if let name { changes.append(("general.name", .string(name))) }
    if let license { changes.append(("general.license", .string(license))) }
    if let sourceURL { changes.append(("general.source.url", .string(sourceURL))) }
    var entries = checkpoint.metadata.entries.filter { !$0.key.hasPrefix("split.") }
      .map { (key: $0.key, value: $0.value) }
    for change in changes {
      if let index = entries.firstIndex(where: { $0.key == change.key }) {
        entries[index] = change
      } else {
        entries.append(change)
      }
    }
    return entries
  }
}
