// From a Hugging Face directory, or from another GGUF file, to a `bert` GGUF file that llama.cpp
// reads as well.

internal import Bytes
package import Checkpoints
internal import Kernels

/// Writes a BERT as a GGUF file with llama.cpp's names.
///
/// Matrices and the token table take the type asked for (F16 where a row is not whole blocks of
/// it); position and type tables, biases and normalisations are F32, as llama.cpp's converter has
/// it.
///
/// - Source: llama.cpp `conversion/base.py` `prepare_tensors`, `conversion/bert.py`.
package struct BERTConverter {
  /// The origin of a model, for the metadata of the written file.
  package struct Origin: Sendable, Equatable {
    /// `general.name`.
    package var name: String
    /// `general.license`, an SPDX identifier in lower case.
    package var license: String?
    /// `general.source.url`: where the original checkpoint comes from.
    package var sourceURL: String?

    package init(name: String, license: String? = nil, sourceURL: String? = nil) {
      self.name = name
      self.license = license
      self.sourceURL = sourceURL
    }
  }

  package let config: BERTConfig
  /// As far as the source tells; to be completed before writing.
  package var origin: Origin
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
    origin = ModelCard(path: directory + "/README.md").origin(
      fallbackName: Paths.name(of: directory))
  }

  /// Takes an opened `bert` GGUF file.
  ///
  /// - Parameter checkpoint: the file.
  /// - Throws: `ModelError` naming the key or tensor.
  package init(gguf checkpoint: Checkpoint) throws(ModelError) {
    let source = checkpoint.path
    config = try BERTConfig(ggufMetadata: checkpoint.metadata, source: source)
    tensors = try TensorFinder(checkpoint, BERTTensors(config: config))
    origin = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      Origin(
        name: try checkpoint.metadata.string("general.name") ?? "model",
        license: try checkpoint.metadata.string("general.license"),
        sourceURL: try checkpoint.metadata.string("general.source.url"))
    }
  }

  /// Writes the file; it appears under `path` when it is whole.
  ///
  /// - Parameters:
  ///   - path: of the file to write.
  ///   - recipe: the type of the matrices, one of ``recipes``.
  ///   - vocabulary: the tokenizer's entries, `WordPieceTokenizer.ggufMetadata`.
  /// - Throws: `ModelError` naming the tensor that is missing or cannot be encoded, or the reason
  ///   why the file cannot be written.
  package func write(
    to path: String, recipe: ConversionRecipe,
    vocabulary: [(key: String, value: MetadataValue)]
  ) throws(ModelError) {
    guard Self.recipes.contains(recipe) else {
      throw .unsupported(
        entry: "type of a bert model", found: recipe.rawValue,
        supported: Self.recipes.map(\.rawValue).joined(separator: ", "), source: path)
    }
    let pool = WorkerPool(threadCount: physicalCoreCount())
    let shape = ConversionRecipe.ModelShape(layerCount: config.layers, isTied: false)
    var sources: [(TensorSpec, WeightType, TensorSource)] = []
    for spec in BERTTensors(config: config).all {
      let rows = TensorRows(try tensors.find(spec), of: tensors.checkpoint)
      let type = recipe.type(of: spec, in: shape)
      sources.append((spec, type, TensorEncoder(rows, as: type, pool: pool).source))
    }
    try mapCheckpointErrors(path) { () throws(CheckpointError) in
      var writer = try GGUFWriter()
      for (key, value) in metadata(recipe) + vocabulary { try writer.setMetadata(key, value) }
      for (spec, type, source) in sources {
        try writer.addTensor(
          name: spec.name(.gguf), type: TensorType(type), shape: spec.shape, source: source)
      }
      try writer.write(to: path)
    }
  }

  /// The types that a BERT is converted to; its rows are seldom whole superblocks.
  package static let recipes: [ConversionRecipe] = [.f32, .f16, .q80]

  private func metadata(_ recipe: ConversionRecipe) -> [(key: String, value: MetadataValue)] {
    typealias Key = BERTConfig.GGUFKey
    var entries: [(key: String, value: MetadataValue)] = [
      (Key.architecture, .string("bert")), ("general.type", .string("model")),
      ("general.name", .string(origin.name)),
    ]
    if let license = origin.license { entries.append(("general.license", .string(license))) }
    if let url = origin.sourceURL { entries.append(("general.source.url", .string(url))) }
    let pooling = config.pooling == .mean ? Key.meanPooling : Key.classificationPooling
    entries += [
      ("general.file_type", .uint32(recipe.fileType)),
      // GGML_QUANT_VERSION: the meaning of the block types.
      ("general.quantization_version", .uint32(2)),
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
    ]
    return entries
  }
}

/// The name and licence in a Hugging Face README.md, as far as it has them.
private struct ModelCard {
  private var lines: [Substring] = []

  init(path: String) {
    guard let file = try? MappedFile(path: path),
      let bytes = try? file.copyBytes(0..<min(file.byteCount, 1 << 20))
    else { return }
    lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  func origin(fallbackName: String) -> BERTConverter.Origin {
    let heading = lines.first { $0.hasPrefix("# ") }?.dropFirst(2)
    let license = lines.first { $0.hasPrefix("license: ") }?.dropFirst("license: ".count)
    return BERTConverter.Origin(
      name: heading.map(String.init) ?? fallbackName, license: license.map(String.init))
  }
}
