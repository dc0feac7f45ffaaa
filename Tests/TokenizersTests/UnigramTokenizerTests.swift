import Checkpoints
import Foundation
import Testing

@testable import Tokenizers

/// Ids of `tokenizers` for a small tokenizer like XLM-RoBERTa's; `make_unigram_fixture.py` recorded
/// them.
@Suite struct UnigramTokenizerTests {
  private struct Recorded: Decodable {
    let text: String
    /// With white space split first.
    let split: [Int32]
    /// As tokenizer.json has it: runs of spaces collapse.
    let plain: [Int32]
  }

  private static let folder = TokenizerAssets.packageRoot.appending(path: "Tests/Fixtures/unigram")

  private static func recorded() throws -> [Recorded] {
    try JSONDecoder().decode(
      [Recorded].self, from: Data(contentsOf: folder.appending(path: "ids.json")))
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  private static func fromJSON() throws -> SentenceTokenizer {
    try SentenceTokenizer.load(directory: folder.path())
  }

  private static func fromModel() throws -> UnigramTokenizer {
    try UnigramTokenizer(sentencePieceModel: bytes("sentencepiece.bpe.model"), source: "model")
  }

  @Test func idsOfATokenizerJSONEqualTheReference() throws {
    let tokenizer = try Self.fromJSON()
    let recorded = try Self.recorded()
    #expect(recorded.count == 160)
    for one in recorded {
      #expect(tokenizer.encode(one.text) == one.plain, "\(one.text.debugDescription)")
    }
    // Both pipelines and unknown characters occur.
    #expect(recorded.contains { $0.plain != $0.split })
    #expect(recorded.contains { $0.plain.contains(3) })
  }

  @Test func idsOfASentencePieceModelEqualTheReference() throws {
    let tokenizer = try Self.fromModel()
    for one in try Self.recorded() {
      #expect(tokenizer.encode(one.text) == one.split, "\(one.text.debugDescription)")
    }
    #expect(tokenizer.piece(0) == "<s>" && tokenizer.piece(3) == "<unk>")
    #expect(tokenizer.piece(Int32(tokenizer.vocabularyCount) - 1) == "<mask>")
    #expect(tokenizer.piece(-1) == nil && tokenizer.piece(9_999) == nil)
  }

  @Test func aGGUFFileHasTheSameTokenizer() throws {
    for tokenizer in [try Self.fromJSON(), .unigram(try Self.fromModel())] {
      var metadata = Metadata()
      for entry in tokenizer.ggufMetadata(vocabularyCount: 250) {
        let isNew = metadata.append(key: entry.key, value: entry.value)
        #expect(isNew)
      }
      #expect(try metadata.strings("tokenizer.ggml.tokens")?.count == 250)
      let read = try SentenceTokenizer(ggufMetadata: metadata, source: "test")
      for one in try Self.recorded() {
        #expect(read.encode(one.text) == tokenizer.encode(one.text))
      }
      #expect(read.encode("[PAD249]") == tokenizer.encode("[PAD249]"))
    }
  }

  /// The keys that llama.cpp's converter writes, without ours.
  @Test func aFileOfLlamaCppIsRead() throws {
    let model = try Self.fromModel()
    var metadata = Metadata()
    for entry in SentenceTokenizer.unigram(model).ggufMetadata(vocabularyCount: 218)
    where !entry.key.hasPrefix("swiftrag.") {
      _ = metadata.append(key: entry.key, value: entry.value)
    }
    let read = try SentenceTokenizer(ggufMetadata: metadata, source: "test")
    for one in try Self.recorded() { #expect(read.encode(one.text) == one.split) }
  }

  @Test func aTokenOverTheLimitIsAnError() throws {
    let entries = SentenceTokenizer.unigram(try Self.fromModel()).ggufMetadata(vocabularyCount: 218)
    var metadata = Metadata()
    for entry in entries {
      var value = entry.value
      if entry.key == "tokenizer.ggml.tokens" {
        var tokens = try #require(value.arrayValue?.strings)
        let last = tokens.count - 1
        tokens = StringArray(
          tokens.indices.map { $0 == last ? String(repeating: "a", count: 1_025) : tokens[$0] })
        value = .array(.string(tokens))
      }
      _ = metadata.append(key: entry.key, value: value)
    }
    #expect(
      throws: TokenizerError.invalid(
        entry: "tokenizer.ggml.tokens", reason: "token 217 has 1025 bytes, the limit is 1024",
        source: "test")
    ) { try SentenceTokenizer(ggufMetadata: metadata, source: "test") }
  }

  @Test func specialTokensInATextAreText() throws {
    let tokenizer = try Self.fromJSON()
    let ids = tokenizer.encode("<s></s><mask><pad>", addSpecialTokens: false)
    #expect(!ids.contains { [0, 1, 2].contains($0) })
    #expect(tokenizer.encode("") == [0, 2])
    #expect(tokenizer.unknown == 3)
  }

  @Test func everyPrefixOfAModelIsAnErrorOrATokenizer() throws {
    let whole = try Self.bytes("sentencepiece.bpe.model")
    for count in stride(from: 0, to: whole.count, by: 101) {
      do throws(TokenizerError) {
        let tokenizer = try UnigramTokenizer(
          sentencePieceModel: Array(whole[..<count]), source: "model")
        _ = tokenizer.encode("Straße 漢字")
      } catch {
        #expect(error.description.hasPrefix("model: "))
      }
    }
  }

  @Test func aDamagedCharacterMapTrapsNowhere() throws {
    let model = try Self.fromModel()
    let map = try #require(model.normalization.charsmap)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var bytes = map.bytes
      for _ in 0..<8 { bytes[Int.random(in: 4..<bytes.count, using: &generator)] ^= 0xFF }
      guard let damaged = try? PrecompiledCharsmap(bytes, entry: "map", source: "test") else {
        continue
      }
      let normalization = UnigramNormalization.sentencePiece(damaged)
      _ = normalization.normalized("ＡＢＣ e\u{301} ﬁnance \u{30AB}\u{3099} \u{10FFFF}")
    }
    #expect(throws: TokenizerError.self) {
      try PrecompiledCharsmap([1, 0], entry: "map", source: "test")
    }
    #expect(throws: TokenizerError.self) {
      try PrecompiledCharsmap([0xFF, 0xFF, 0xFF, 0x7F, 0], entry: "map", source: "test")
    }
  }

  @Test(arguments: [
    (#""type": "Unigram""#, #""type": "WordLevel""#),
    (#""unk_id": 3"#, #""unk_id": 99999"#),
    (#""byte_fallback": false"#, #""byte_fallback": true"#),
    (#"" {2,}""#, #""x""#), (#""special": true"#, #""special": false"#),
    (#""type": "Precompiled""#, #""type": "Lowercase""#),
    (#""type": "Metaspace""#, #""type": "ByteLevel""#),
  ])
  func whatCannotBeReproducedIsAnError(found: String, replacement: String) throws {
    let text = String(decoding: try Self.bytes("tokenizer.json"), as: UTF8.self)
    let changed = text.replacing(found, with: replacement)
    #expect(changed != text)
    let json = try TokenizerFile.parse(Array(changed.utf8), source: "t")
    #expect(throws: TokenizerError.self) {
      try UnigramTokenizer(tokenizerJSON: json, source: "t")
    }
  }
}
