// From a `llama` or `phi3` GGUF file in plain numbers to one in a quantised type, which llama.cpp
// reads as well.

internal import Bytes
package import Checkpoints
package import Kernels

/// Writes a language model's GGUF file with its matrices in other types.
///
/// Metadata and the order of the tensors stay as they are; `general.file_type` and
/// `general.quantization_version` are set. Vectors become F32, as llama.cpp's converter has them.
///
/// - Source: llama.cpp `llama_model_quantize_impl` (src/llama-quant.cpp).
package struct LanguageModelConverter {
  /// The architectures that it knows the names of.
  package static let architectures = ["llama", "phi3"]
  /// The types that a matrix may have to be converted: none that has lost bits already.
  static let plainTypes: [TensorType] = [.f32, .f16, .bf16]

  /// What is said of the origin, where it is not nil.
  package var name: String?
  /// `general.license`, an SPDX identifier in lower case.
  package var license: String?
  /// `general.source.url`.
  package var sourceURL: String?

  private let checkpoint: Checkpoint
  private let shape: ConversionRecipe.ModelShape

  /// Takes an opened file.
  ///
  /// - Throws: `ModelError` naming the entry that makes it another kind of model.
  package init(gguf checkpoint: Checkpoint) throws(ModelError) {
    self.checkpoint = checkpoint
    let source = checkpoint.path
    let metadata = checkpoint.metadata
    let (architecture, layers, experts) = try mapCheckpointErrors(source) {
      () throws(CheckpointError) in
      let key = "general.architecture"
      let architecture = try metadata.required(key, metadata.string(key))
      let layerKey = "\(architecture).block_count"
      return (
        architecture, try metadata.required(layerKey, metadata.integer(layerKey)),
        try metadata.integer("\(architecture).expert_count") ?? 0
      )
    }
    func check(
      _ isSupported: Bool, _ entry: String, _ found: String, _ supported: String
    ) throws(ModelError) {
      if !isSupported {
        throw .unsupported(entry: entry, found: found, supported: supported, source: source)
      }
    }
    try check(
      Self.architectures.contains(architecture), "general.architecture", architecture,
      Self.architectures.joined(separator: ", "))
    try check(experts <= 1, "\(architecture).expert_count", "\(experts)", "models without experts")
    // Far above every model; it keeps the rule's products small.
    let mostLayers = 1 << 16
    try check(
      (0...mostLayers).contains(layers), "\(architecture).block_count", "\(layers)",
      "0 to \(mostLayers)")
    shape = .init(
      layerCount: layers, isTied: checkpoint.tensor(named: "output.weight") == nil)
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
    let type = recipe.type(ofTensor: info.name, shape: info.shape, in: shape)
    let isNumber = WeightType(info.type) != nil
    if info.type == TensorType(type) || !isNumber {
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
