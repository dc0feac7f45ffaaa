import Checkpoints
import Foundation
import Testing

@testable import Tokenizers

@Suite struct WordPieceLoadingTests {
  private static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let vocabularyAssets: String? = {
    let environment = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    let beside = packageRoot.appending(path: "../shared/assets").standardized.path()
    return [environment, beside].compactMap(\.self).map { $0 + "/tokenizers" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }()

  private func vocabularyTokenizer() throws -> WordPieceTokenizer {
    let path = Self.packageRoot.appending(path: "Tests/Fixtures/wordpiece/vocab.txt")
    return try WordPieceTokenizer(
      vocabularyText: Array(Data(contentsOf: path)), source: path.path())
  }

  @Test func bundledModelHasTheOriginalVocabulary() throws {
    let path = Self.packageRoot.appending(
      path: "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"
    ).path()
    let tokenizer = try WordPieceTokenizer(
      ggufMetadata: Checkpoint.open(path: path).metadata, source: path)
    let original = try vocabularyTokenizer()
    #expect(tokenizer.vocabulary.count == 30_522)
    for id in 0..<Int32(30_522) {
      #expect(tokenizer.vocabulary.spelling(of: id) == original.vocabulary.spelling(of: id))
    }
    #expect(tokenizer.specialTokens == original.specialTokens)
    #expect(tokenizer.normalization == original.normalization)
  }

  /// llama.cpp's own vocabulary file with its texts and ids.
  @Test(
    .enabled(
      if: vocabularyAssets != nil, "needs tokenizers/ under SWIFTRAG_ASSETS or ../shared/assets"))
  func idsEqualLlamaCppsTestFile() throws {
    let path = try #require(Self.vocabularyAssets) + "/ggml-vocab-bert-bge.gguf"
    let tokenizer = try WordPieceTokenizer(
      ggufMetadata: Checkpoint.open(path: path).metadata, source: path)
    let input = try String(contentsOfFile: path + ".inp", encoding: .utf8)
    let output = try String(contentsOfFile: path + ".out", encoding: .utf8)
    let texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = output.components(separatedBy: "\n")
    // The text after the last separator is empty, as is the line after the last line feed.
    #expect(texts.count >= 40 && abs(texts.count - lines.count) <= 1)
    for (text, line) in zip(texts, lines) {
      let expected = line.split(separator: " ").compactMap { Int32($0) }
      #expect(
        tokenizer.encode(text, addSpecialTokens: false) == expected, "\(text.debugDescription)")
    }
  }

  private func json(_ model: String, normalizer: String = #""type":"BertNormalizer""#) -> [UInt8] {
    Array(
      """
      {"normalizer":{\(normalizer)},"pre_tokenizer":{"type":"BertPreTokenizer"},"model":{\(model)}}
      """.utf8)
  }

  @Test func tokenizerJSONGivesVocabularyAndSwitches() throws {
    let bytes = json(
      #""type":"WordPiece","max_input_chars_per_word":3,"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"#
        + ###""É":3,"e\u0301":4,"##b":5,"abcd":6}"###,
      normalizer: #""type":"BertNormalizer","lowercase":false,"strip_accents":null"#)
    let tokenizer = try WordPieceTokenizer(tokenizerJSON: bytes, source: "t")
    #expect(
      tokenizer.normalization == BERTNormalization(stripsAccents: false, lowercases: false))
    #expect(tokenizer.encode("Éb abcd e\u{301}") == [1, 3, 5, 0, 4, 2])
  }

  @Test(arguments: [
    #""type":"BPE","vocab":{}"#,
    #""type":"WordPiece""#,
    #""type":"WordPiece","vocab":[]"#,
    #""type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":1}"#,
    #""type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":9}"#,
    #""type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":-1}"#,
    #""type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":1.5}"#,
    #""type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1}"#,
    #""type":"WordPiece","continuing_subword_prefix":"@@","vocab":{"[UNK]":0}"#,
  ])
  func otherTokenizersAreRefused(_ model: String) {
    #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(tokenizerJSON: json(model), source: "t")
    }
  }

  @Test func metadataThatDoesNotFitIsRefused() throws {
    let entries = try vocabularyTokenizer().ggufMetadata
    func tokenizer(
      without dropped: String? = nil, _ key: String? = nil, _ value: MetadataValue? = nil
    )
      throws -> WordPieceTokenizer
    {
      var metadata = Metadata()
      for entry in entries where entry.key != dropped && entry.key != key {
        _ = metadata.append(key: entry.key, value: entry.value)
      }
      if let key, let value { _ = metadata.append(key: key, value: value) }
      return try WordPieceTokenizer(ggufMetadata: metadata, source: "test")
    }
    _ = try tokenizer()
    _ = try tokenizer(without: "tokenizer.ggml.bos_token_id")
    for key in [
      "tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.seperator_token_id",
    ] {
      #expect(throws: TokenizerError.self) { try tokenizer(without: key) }
    }
    let wrong: [(String, MetadataValue)] = [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.tokens", .uint32(1)),
      ("tokenizer.ggml.token_type", .array(.int32([1]))),
      ("tokenizer.ggml.unknown_token_id", .uint32(30_522)),
      ("tokenizer.ggml.unknown_token_id", .int32(-1)),
      ("swiftrag.tokenizer.lowercase", .string("yes")),
    ]
    for (key, value) in wrong {
      #expect(throws: TokenizerError.self) { try tokenizer(key, value) }
    }
  }
}
