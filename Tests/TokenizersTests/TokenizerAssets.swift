import Checkpoints
import Foundation

@testable import Tokenizers

/// Published vocabularies of the assets, and small ones in the repository.
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

  /// The byte-level fixture with more tokens (spelling and type) after its 600 and another
  /// pre-tokenizer.
  static func byteLevel(adding added: [(String, Int32)], pre: String) throws -> LanguageTokenizer {
    let metadata = try Checkpoint.open(path: fixture("byte-level-600.gguf").path()).metadata
    let tokens = try metadata.strings("tokenizer.ggml.tokens") ?? StringArray()
    let types = try metadata.integers("tokenizer.ggml.token_type") ?? []
    let spellings = tokens.indices.map { tokens[$0] } + added.map(\.0)
    return try LanguageTokenizer(
      ggufMetadata:
        metadata
        .replacing("tokenizer.ggml.tokens", .array(.string(StringArray(spellings))))
        .replacing(
          "tokenizer.ggml.token_type", .array(.int32(types.map(Int32.init) + added.map(\.1)))
        )
        .replacing("tokenizer.ggml.pre", .string(pre)), source: pre)
  }

  /// The fixture of 600 pieces with more of them (spelling and type), some spelled otherwise, and no
  /// space before a text.
  static func sentencePiece(
    adding added: [(String, Int32)], replacing replaced: [Int: String] = [:]
  ) throws -> LanguageTokenizer {
    let metadata = try Checkpoint.open(path: fixture("sentencepiece-600.gguf").path()).metadata
    let tokens = try metadata.strings("tokenizer.ggml.tokens") ?? StringArray()
    let spellings = tokens.indices.map { replaced[$0] ?? tokens[$0] } + added.map(\.0)
    let scores = try metadata.floats("tokenizer.ggml.scores") ?? []
    let types = try metadata.integers("tokenizer.ggml.token_type") ?? []
    var changed =
      metadata
      .replacing("tokenizer.ggml.tokens", .array(.string(StringArray(spellings))))
      .replacing(
        "tokenizer.ggml.scores", .array(.float32(scores + added.map { _ in -1_000 }))
      )
      .replacing(
        "tokenizer.ggml.token_type", .array(.int32(types.map(Int32.init) + added.map(\.1))))
    _ = changed.append(key: "tokenizer.ggml.add_space_prefix", value: .bool(false))
    return try LanguageTokenizer(ggufMetadata: changed, source: "sentencepiece-600")
  }

  /// The tokenizer of one of llama.cpp's vocabulary files: "gpt-2" or "phi-3".
  static func llamaCpp(_ name: String) throws -> LanguageTokenizer {
    try (name == "phi-3" ? phi3 : gpt2).get()
  }

  /// Mistral's vocabulary of v0.1 and v0.2, optionally with OpenHermes' ChatML tokens after it.
  static func mistral(withChatML: Bool = false) throws -> LanguageTokenizer {
    try (withChatML ? hermes : plainMistral).get()
  }

  // Each is loaded once: in a debug build that takes a second.
  private static let phi3 = Result { try tokenizer(gguf: asset("ggml-vocab-phi-3.gguf")) }
  private static let gpt2 = Result { try tokenizer(gguf: asset("ggml-vocab-gpt-2.gguf")) }
  private static let plainMistral = Result { try mistral(added: []) }
  private static let hermes = Result { try mistral(added: ["<|im_end|>", "<|im_start|>"]) }

  private static func mistral(added: [String]) throws -> LanguageTokenizer {
    let file = try SentencePieceModelFile(contentsOf: asset("mistral-tokenizer.model.v1"))
    return try LanguageTokenizer(ggufMetadata: file.metadata(added: added), source: "mistral")
  }

  private static func asset(_ name: String) throws -> URL {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return folder.appending(path: name)
  }

  /// The fixture of 600 pieces that `make_tokenizer_fixtures.py` trained.
  static let small = Result { try tokenizer(gguf: fixture("sentencepiece-600.gguf")) }
  /// The fixture of byte-level tokens.
  static let smallByteLevel = Result { try tokenizer(gguf: fixture("byte-level-600.gguf")) }
}
