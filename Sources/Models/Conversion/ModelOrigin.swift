internal import Bytes
internal import Checkpoints

/// The origin of a model, for the metadata of a written file.
package struct ModelOrigin: Sendable, Equatable {
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

  /// Name and licence in the README.md of a Hugging Face folder, as far as it has a heading and a front
  /// matter; else the folder's name.
  package init(directory: String) {
    let lines = Self.card(of: directory)
    let heading = lines.first { $0.hasPrefix("# ") }?.dropFirst(2)
    // Elsewhere the word begins a sentence, or a line about another file.
    let frontMatter = lines.first == "---" ? lines.dropFirst().prefix { $0 != "---" } : []
    let license = frontMatter.first { $0.hasPrefix("license: ") }?.dropFirst("license: ".count)
    self.init(
      name: heading.map(String.init) ?? Paths.name(of: directory), license: license.map(String.init)
    )
  }

  /// The lines of the model card, as far as the folder has one.
  static func card(of directory: String) -> [Substring] {
    guard let file = try? MappedFile(path: directory + "/README.md"),
      let bytes = try? file.copyBytes(0..<min(file.byteCount, 1 << 20))
    else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
  }

  /// The entries of an opened GGUF file.
  init(gguf checkpoint: Checkpoint) throws(ModelError) {
    self = try mapCheckpointErrors(checkpoint.path) { () throws(CheckpointError) in
      ModelOrigin(
        name: try checkpoint.metadata.string("general.name") ?? "model",
        license: try checkpoint.metadata.string("general.license"),
        sourceURL: try checkpoint.metadata.string("general.source.url"))
    }
  }

  /// The general entries of a GGUF file.
  func metadata(
    architecture: String, _ recipe: ConversionRecipe
  ) -> [(key: String, value: MetadataValue)] {
    var entries: [(key: String, value: MetadataValue)] = [
      (architectureKey, .string(architecture)), ("general.type", .string("model")),
      ("general.name", .string(name)),
    ]
    if let license { entries.append(("general.license", .string(license))) }
    if let sourceURL { entries.append(("general.source.url", .string(sourceURL))) }
    return entries + [
      ("general.file_type", .uint32(recipe.fileType)),
      // GGML_QUANT_VERSION: the meaning of the block types.
      ("general.quantization_version", .uint32(2)),
    ]
  }
}
