import Foundation
import Testing

@testable import Tokenizers

/// Texts with the ids of Hugging Face `tokenizers`; Tests/Reference/make_wordpiece_fixture.py.
private struct Fixture: Decodable {
  struct Configuration: Decodable {
    struct Normalizer: Decodable {
      var cleanText: Bool
      var handleChineseChars: Bool
      var stripAccents: Bool?
      var lowercase: Bool
    }
    var name: String
    var normalizer: Normalizer
    var ids: [[Int32]]
  }
  var texts: [String]
  var configurations: [Configuration]

  static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/wordpiece")

  static func load() throws -> Fixture {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: directory.appending(path: "cases.json"))
    return try decoder.decode(Fixture.self, from: data)
  }

  static func tokenizer(
    _ normalization: BERTNormalization = BERTNormalization()
  ) throws -> WordPieceTokenizer {
    let vocabulary = try Data(contentsOf: directory.appending(path: "vocab.txt"))
    return try WordPieceTokenizer(
      vocabularyText: Array(vocabulary), normalization: normalization, source: "vocab.txt")
  }
}

@Suite struct WordPieceTests {
  @Test func idsEqualHuggingFace() throws {
    let fixture = try Fixture.load()
    #expect(fixture.configurations.count == 4)
    for configuration in fixture.configurations {
      let normalizer = configuration.normalizer
      let tokenizer = try Fixture.tokenizer(
        BERTNormalization(
          cleansText: normalizer.cleanText, splitsIdeographs: normalizer.handleChineseChars,
          stripsAccents: normalizer.stripAccents, lowercases: normalizer.lowercase))
      for (text, ids) in zip(fixture.texts, configuration.ids) {
        #expect(
          tokenizer.encode(text) == ids,
          "\(configuration.name): \(text.prefix(200).debugDescription)")
      }
    }
  }

  @Test func offsetsNameTheSourceOfEachToken() throws {
    let tokenizer = try Fixture.tokenizer()
    let text = "Ünaffable 漢x e\u{301}\u{0}!"
    let tokens = tokenizer.encodeWithOffsets(text)
    let utf8 = Array(text.utf8)
    let sources = tokens.map { String(decoding: utf8[$0.byteRange], as: UTF8.self) }
    let pieces = tokens.map { tokenizer.piece($0.id) ?? "?" }
    #expect(pieces == ["una", "##ffa", "##ble", "漢", "x", "e", "!"])
    #expect(sources == ["Üna", "ffa", "ble", "漢", "x", "e", "!"])
  }

  @Test func offsetsAgreeWithIDsAndStayInside() throws {
    let tokenizer = try Fixture.tokenizer()
    for text in try Fixture.load().texts {
      let tokens = tokenizer.encodeWithOffsets(text)
      #expect(tokens.map(\.id) == tokenizer.encode(text, addSpecialTokens: false))
      for token in tokens {
        #expect(!token.byteRange.isEmpty && token.byteRange.upperBound <= text.utf8.count)
      }
      #expect(tokenizer.tokenCount(text) == tokens.count + 2)
    }
  }

  @Test func specialTokensInTextStayText() throws {
    let tokenizer = try Fixture.tokenizer()
    let ids = tokenizer.encode("a [SEP] b [CLS] [MASK]", addSpecialTokens: false)
    #expect(Set(ids).isDisjoint(with: tokenizer.specialTokens.all))
    #expect(tokenizer.encode("") == [101, 102])
  }

  @Test func bytesThatAreNotUTF8AreSkipped() throws {
    let tokenizer = try Fixture.tokenizer()
    let expected = tokenizer.encode("hello")
    let insertions: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5], [0xF4, 0x90, 0x80, 0x80],
      [0xFF], [0xE0, 0x80, 0x80],
    ]
    for insertion in insertions {
      let bytes = Array("hel".utf8) + insertion + Array("lo".utf8)
      #expect(bytes.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) } == expected)
      let atEnd = Array("hello".utf8) + insertion
      #expect(atEnd.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) } == expected)
    }
  }

  @Test func vocabularyWithoutSpecialTokensIsRefused() {
    let expected = TokenizerError.missing(
      entry: "[SEP]", expected: "a piece of the vocabulary", source: "v.txt")
    #expect(throws: expected) {
      try WordPieceTokenizer(vocabularyText: Array("[UNK]\n[CLS]\na".utf8), source: "v.txt")
    }
  }

  @Test func specialIDOutsideTheVocabularyIsRefused() {
    #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(
        pieces: [Array("a".utf8)],
        specialTokens: .init(classification: 0, separator: 0, unknown: 1), source: "test")
    }
    #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(
        pieces: [Array("a".utf8)],
        specialTokens: .init(classification: -1, separator: 0, unknown: 0), source: "test")
    }
  }

  /// Combining marks that are not nonspacing stay, in canonical order.
  ///
  /// U+302E has class 224 and U+1D165 class 216. U+0301 (class 230) between them is deleted without
  /// separating them; U+093E (class 0) separates them.
  @Test func survivingMarksAreOrderedByClass() throws {
    let pieces = ["[CLS]", "[SEP]", "[UNK]", "a\u{1D165}\u{302E}", "a\u{302E}\u{93E}\u{1D165}"]
    let tokenizer = try WordPieceTokenizer(
      pieces: pieces.map { Array($0.utf8) },
      specialTokens: .init(classification: 0, separator: 1, unknown: 2), source: "test")
    #expect(tokenizer.encode("a\u{302E}\u{1D165}", addSpecialTokens: false) == [3])
    #expect(tokenizer.encode("a\u{302E}\u{301}\u{1D165}", addSpecialTokens: false) == [3])
    #expect(tokenizer.encode("a\u{302E}\u{93E}\u{1D165}", addSpecialTokens: false) == [4])
    #expect(tokenizer.encode("a\u{1D165}\u{302E}", addSpecialTokens: false) == [3])
    #expect(tokenizer.encodeWithOffsets("a\u{302E}\u{1D165}").map(\.byteRange) == [0..<8])
  }

  /// Swift's own properties are of another Unicode edition, but most scalars have not changed.
  @Test func tablesAgreeWithTheStandardLibraryOnLatin1() {
    let actions = ScalarActions(BERTNormalization(stripsAccents: false))
    for value in UInt32(0xC0)...0xFF {
      guard let scalar = Unicode.Scalar(value), case .replace(let place) = actions.action(value)
      else { continue }
      let outputs = actions.outputRange(at: place).map { actions.output($0).value }
      #expect(outputs == scalar.properties.lowercaseMapping.unicodeScalars.map(\.value))
    }
  }
}
