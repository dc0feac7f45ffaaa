internal import Bytes
package import Checkpoints
internal import Foundation
package import Kernels
package import Media
package import Models
package import Tokenizers

/// A CLIP with its tokenizer and the preparation of its pictures.
package final class CLIPEmbedder: PictureEmbedder {
  package let modelHash: String
  package let modelName: String
  package let tokenizer: CLIPTokenizer
  private let encoder: CLIPEncoder
  private let preprocessing: CLIPPreprocessing

  package var workers: WorkerPool? { encoder.model.compute.pool }
  package var dimension: Int { encoder.dimension }
  package var logitScale: Float { encoder.model.logitScale }
  /// Tokens of a text at most, the two special ones included.
  package var maximumTokenCount: Int { encoder.model.config.context }
  /// Sizes and switches of the model.
  package var config: CLIPConfig { encoder.model.config }
  /// The size of the weights in memory, packed for the kernels.
  package var packedByteCount: Int { encoder.model.packedByteCount }

  /// Opens a model.
  ///
  /// - Parameters:
  ///   - path: a GGUF file of our converter, a checkpoint with OpenAI's or Hugging Face's names, or a
  ///     Hugging Face folder.
  ///   - mergesPath: OpenAI's merges, for checkpoints without a vocabulary.
  ///   - compute: kernels and threads.
  /// - Throws: `CheckpointError`, `TokenizerError`, `ModelError` or `BytesError`.
  /// - Complexity: O(weights); the file is hashed on its first use only, see `DigestCache`.
  package init(path: String, mergesPath: String?, compute: ComputeContext) throws {
    let checkpoint = try Checkpoint.open(path: path)
    let config = try CLIPConfig(checkpoint: checkpoint)
    tokenizer = try CLIPTokenizer.open(
      for: checkpoint, vocabularyCount: config.vocab, mergesPath: mergesPath)
    let model = try CLIPModel(config: config, checkpoint: checkpoint, compute: compute)
    modelHash = try DigestCache.standard.digest(ofFilesAt: model.weightPaths).hex
    modelName =
      Paths.isFolder(path)
      ? Paths.name(of: path) : URL(filePath: path).deletingPathExtension().lastPathComponent
    encoder = CLIPEncoder(model)
    preprocessing = CLIPPreprocessing(
      convention: config.preprocessing == .openAI ? .openAI : .huggingFace, side: config.imageSize)
  }

  /// Whether a file or folder can be opened and is a CLIP by its names.
  package static func recognizes(path: String) -> Bool {
    (try? Checkpoint.open(path: path)).map { CLIPConfig.recognizes($0) } ?? false
  }

  package func prepare(_ picture: Picture) -> PreparedPicture {
    PreparedPicture(side: preprocessing.side, values: preprocessing.tensor(picture))
  }

  package func vectors(ofPictures pictures: [PreparedPicture]) throws -> [Float] {
    try encoder.embed(images: pictures.map(\.values))
  }

  package func vectors(
    ofTexts texts: [String]
  ) throws -> (vectors: [Float], truncatedCount: Int) {
    let encoded = texts.map { tokenizer.encode($0, limit: maximumTokenCount) }
    return (
      try encoder.embed(tokenIDs: encoded.map(\.ids)), encoded.count { $0.isTruncated }
    )
  }
}

extension CLIPTokenizer {
  /// Tokens of every published CLIP.
  private static let publishedVocabularyCount = 49_408

  /// The tokenizer of a checkpoint: from its metadata, from the files beside it, or OpenAI's.
  ///
  /// - Parameters:
  ///   - checkpoint: the opened model.
  ///   - vocabularyCount: ids of the model, which the tokenizer must have.
  ///   - mergesPath: OpenAI's merges; nil where the program was copied without them.
  /// - Returns: the tokenizer, with as many ids as the model has.
  /// - Throws: `TokenizerError` naming the file.
  package static func open(
    for checkpoint: Checkpoint, vocabularyCount: Int, mergesPath: String?
  ) throws -> CLIPTokenizer {
    let tokenizer = try find(for: checkpoint, vocabularyCount, mergesPath)
    guard tokenizer.vocabularyCount == vocabularyCount else {
      throw TokenizerError.invalid(
        entry: "vocabulary",
        reason: "\(tokenizer.vocabularyCount) tokens, but the model has \(vocabularyCount)",
        source: checkpoint.path)
    }
    return tokenizer
  }

  private static func find(
    for checkpoint: Checkpoint, _ vocabularyCount: Int, _ mergesPath: String?
  ) throws -> CLIPTokenizer {
    if case .gguf = checkpoint.format {
      return try CLIPTokenizer(ggufMetadata: checkpoint.metadata, source: checkpoint.path)
    }
    let folder = Paths.folder(of: checkpoint.path)
    if let tokenizer = try CLIPTokenizer.load(directory: folder) { return tokenizer }
    guard vocabularyCount == publishedVocabularyCount, let mergesPath else {
      throw TokenizerError.missing(
        entry: "tokenizer.json, or vocab.json and merges.txt", expected: "beside the model",
        source: folder)
    }
    let file = try MappedFile(path: mergesPath)
    return try CLIPTokenizer(
      mergesText: file.copyBytes(0..<file.byteCount), source: mergesPath)
  }
}
