internal import Bytes
internal import Checkpoints
internal import Foundation
package import Kernels
internal import Models
internal import Store
internal import Synchronization
package import Tokenizers

/// A BERT sentence encoder with its tokenizer, from a GGUF file or a Hugging Face folder.
package final class BERTSentenceEncoder: SentenceEncoder {
  package let modelHash: String
  package let modelName: String
  /// The tokenizer, for callers that need only ids.
  package let tokenizer: SentenceTokenizer
  private let embedder: TextEmbedder
  private let knownGroups = Mutex<Bool?>(nil)

  package var workers: WorkerPool? { embedder.model.compute.pool }
  package var dimension: Int { embedder.dimension }
  package var maximumTokenCount: Int { embedder.maximumTokenCount }
  package var unknownTokenID: Int32? { tokenizer.unknown }
  package var knowsGroups: Bool {
    knownGroups.withLock { known in
      if let known { return known }
      var count = 0
      for piece in tokenizer.pieces
      where piece.unicodeScalars.lazy.filter(SearchForms.isGrouped).prefix(2).count == 2 {
        count += 1
        if count == Self.leastGroupedPieces { break }
      }
      let found = count == Self.leastGroupedPieces
      known = found
      return found
    }
  }

  /// XLM-RoBERTa has over 30,000 such pieces, BERT's English vocabulary none.
  private static let leastGroupedPieces = 100

  /// E5's cosines are 0.7 and more, by its authors' own account (the model card of
  /// intfloat/multilingual-e5-small, "Why does the cosine similarity scores distribute around 0.7 to
  /// 1.0?").
  package var cosineFloor: Double { embedder.model.config.prompts.isEmpty ? 0 : 0.7 }
  package var evidenceRule: EvidenceRule {
    embedder.model.config.prompts.isEmpty ? .measured : .prompted
  }
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
    if Paths.isFolder(path) {
      model = try BERTModel(directory: path, compute: compute)
      tokenizer = try SentenceTokenizer.load(directory: path)
      modelName = Paths.name(of: path)
    } else {
      let checkpoint = try Checkpoint.open(path: path)
      model = try BERTModel(gguf: checkpoint, compute: compute)
      tokenizer = try SentenceTokenizer(ggufMetadata: checkpoint.metadata, source: path)
      modelName = URL(filePath: path).deletingPathExtension().lastPathComponent
    }
    let digest = try DigestCache.standard.digest(ofFilesAt: model.weightPaths).hex
    modelHash = try Self.hash(digest, prompts: model.config.prompts)
    embedder = TextEmbedder(model)
  }

  /// The digest of the weights, and of the prompts where there are any: with another prompt before a
  /// passage its vector is another.
  private static func hash(_ digest: String, prompts: SentencePrompts) throws -> String {
    guard !prompts.isEmpty else { return digest }
    return try sha256Hex(of: Array("\(digest)\0\(prompts.query)\0\(prompts.passage)".utf8))
  }

  package func tokenIDs(of text: String) -> [Int32] { tokenIDs(of: text, as: .passage) }

  package func tokenIDs(of text: String, as role: TextRole) -> [Int32] {
    let prompts = embedder.model.config.prompts
    switch role {
    case .query: return tokenizer.encode(prompts.query + Self.plain(text))
    case .passage: return tokenizer.encode(prompts.passage + Self.plain(text))
    case .plain: return tokenizer.encode(Self.trimmed(text))
    }
  }

  private static func plain(_ text: String) -> String {
    trimmed(SearchForms.plainLetters(text))
  }

  /// White space at the ends means nothing, but some files' tokenizers make a token of it, which
  /// transformers 5 does not.
  private static func trimmed(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
      first.properties.isWhitespace || last.properties.isWhitespace
    else { return text }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  package func vectors(ofTokens sequences: [[Int32]]) throws -> [Float] {
    var vectors = try embedder.embed(tokenIDs: sequences)
    if !embedder.model.config.normalizes { Self.normalize(&vectors, dimension: dimension) }
    return vectors
  }

  /// The embeddings of texts as the model gives them, of unit length only if its description says so.
  ///
  /// - Parameters:
  ///   - texts: any texts.
  ///   - role: what they are embedded for.
  /// - Returns: `[texts, dimension]`, row-major, and how many texts were cut at the token limit.
  /// - Throws: `ModelError`.
  package func embeddings(
    of texts: [String], as role: TextRole
  ) throws -> (vectors: [Float], truncatedCount: Int) {
    let (sequences, truncatedCount) = self.sequences(of: texts, as: role)
    return (try embedder.embed(tokenIDs: sequences), truncatedCount)
  }

  /// Scales each row to unit length, so that the dot products of a search are cosines.
  private static func normalize(_ vectors: inout [Float], dimension: Int) {
    for start in stride(from: 0, to: vectors.count, by: dimension) {
      let row = start..<start + dimension
      let length = vectors[row].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 0 else { continue }
      for index in row { vectors[index] = Float(Double(vectors[index]) / length) }
    }
  }
}
