import Checkpoints
import Foundation

@testable import Tokenizers

/// Published vocabularies beside the checkout, and small ones of the repository.
enum TokenizerAssets {
  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder `tokenizers` of the assets, or nil.
  static let folder: URL? = {
    let environment = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    let beside = packageRoot.appending(path: "../shared/assets").standardized.path()
    return [environment, beside].compactMap(\.self).map { URL(filePath: $0 + "/tokenizers") }
      .first { FileManager.default.fileExists(atPath: $0.path()) }
  }()

  static let missing: String = "needs tokenizers/ under SWIFTRAG_ASSETS or ../shared/assets"

  static func fixture(_ name: String) -> URL {
    packageRoot.appending(path: "Tests/Fixtures/tokenizers").appending(path: name)
  }

  static func tokenizer(gguf url: URL) throws -> LanguageTokenizer {
    try LanguageTokenizer(
      ggufMetadata: Checkpoint.open(path: url.path()).metadata, source: url.lastPathComponent)
  }

  /// The tokenizer of one of llama.cpp's vocabulary files: "gpt-2", "phi-3".
  static func llamaCpp(_ name: String) throws -> LanguageTokenizer {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try tokenizer(gguf: folder.appending(path: "ggml-vocab-\(name).gguf"))
  }

  /// Mistral's vocabulary of v0.1 and v0.2, optionally with tokens added behind it.
  static func mistral(added: [String] = []) throws -> LanguageTokenizer {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    let file = try SentencePieceModelFile(
      contentsOf: folder.appending(path: "mistral-tokenizer.model.v1"))
    return try LanguageTokenizer(ggufMetadata: file.metadata(added: added), source: "mistral")
  }

  /// The fixture of 600 pieces that `make_tokenizer_fixtures.py` trained.
  static let small = Result { try tokenizer(gguf: fixture("sentencepiece-600.gguf")) }
  /// The fixture of byte-level tokens.
  static let smallByteLevel = Result { try tokenizer(gguf: fixture("byte-level-600.gguf")) }
}
