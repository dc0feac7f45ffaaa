internal import Bytes
internal import Checkpoints
internal import Foundation
package import Kernels
internal import Models
package import Tokenizers

/// A BERT sentence encoder with its tokenizer, from a GGUF file or a Hugging Face folder.
package final class BERTSentenceEncoder: SentenceEncoder {
  package let modelHash: String
  package let modelName: String
  /// The tokenizer, for callers that need only ids.
  package let tokenizer: WordPieceTokenizer
  private let embedder: TextEmbedder

  package var workers: WorkerPool? { embedder.model.compute.pool }
  package var dimension: Int { embedder.dimension }
  package var maximumTokenCount: Int { embedder.maximumTokenCount }
  /// The size of the weights in memory, packed for the kernels.
  package var packedByteCount: Int { embedder.model.packedByteCount }

  /// Opens a model.
  ///
  /// - Parameters:
  ///   - path: a `bert` GGUF file, or a folder with config.json, weights (model.safetensors,
  ///     pytorch_model.bin, or shards) and a vocabulary.
  ///   - compute: kernels and threads.
  /// - Throws: `CheckpointError`, `TokenizerError`, `ModelError` or `BytesError`.
  /// - Complexity: O(weights); the file is hashed on its first use only, see `DigestCache`.
  package init(path: String, compute: ComputeContext) throws {
    let model: BERTModel
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      model = try BERTModel(directory: path, compute: compute)
      tokenizer = try WordPieceTokenizer.load(directory: path)
      modelName = Paths.name(of: path)
    } else {
      let checkpoint = try Checkpoint.open(path: path)
      model = try BERTModel(gguf: checkpoint, compute: compute)
      tokenizer = try WordPieceTokenizer(ggufMetadata: checkpoint.metadata, source: path)
      modelName = URL(filePath: path).deletingPathExtension().lastPathComponent
    }
    modelHash = try DigestCache.standard.digest(ofFilesAt: model.weightPaths).hex
    embedder = TextEmbedder(model)
  }

  package func tokenIDs(of text: String) -> [Int32] { tokenizer.encode(text) }

  package func tokenCount(of text: String) -> Int { tokenizer.tokenCount(text) }

  package func vectors(ofTokens sequences: [[Int32]]) throws -> [Float] {
    try embedder.embed(tokenIDs: sequences)
  }
}
