import Foundation
import Testing

@testable import Tokenizers

/// Ids of openai-whisper's tokenizer; Tests/Reference/make_whisper_token_ids.py.
@Suite struct WhisperTokenizerTests {
  private struct Cases: Decodable {
    struct Vocabulary: Decodable {
      var vocabularyCount: Int
      var special: [String: Int32]
      var nonSpeech: [Int32]
      var ids: [[Int32]]
    }
    var texts: [String]
    var multilingual: Vocabulary
    var gpt2: Vocabulary
  }

  private static let folder = TokenizerAssets.packageRoot
  private static let cases = Result {
    try JSONDecoder().decode(
      Cases.self,
      from: Data(contentsOf: folder.appending(path: "Tests/Fixtures/whisper/token-ids.json")))
  }

  // Each is loaded once: in a debug build that takes seconds.
  private static let multilingual = Result { try tokenizer("multilingual", 51_865) }
  private static let english = Result { try tokenizer("gpt2", 51_864) }

  private static func tokenizer(_ name: String, _ count: Int) throws -> WhisperTokenizer {
    let url = folder.appending(path: "Sources/SwiftRAG/TokenizerData/\(name).tiktoken")
    return try WhisperTokenizer(
      tiktoken: Array(try Data(contentsOf: url)), vocabularyCount: count, source: name)
  }

  @Test func idsAreThoseOfTheReference() throws {
    let cases = try Self.cases.get()
    for (tokenizer, expected) in [
      (try Self.multilingual.get(), cases.multilingual), (try Self.english.get(), cases.gpt2),
    ] {
      #expect(tokenizer.vocabularyCount == expected.vocabularyCount)
      for (text, ids) in zip(cases.texts, expected.ids) {
        #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
        #expect(tokenizer.decode(ids) == text)
      }
      #expect(cases.texts.count > 100)
    }
  }

  @Test func specialTokensAreThoseOfTheReference() throws {
    let cases = try Self.cases.get()
    for (tokenizer, expected) in [
      (try Self.multilingual.get(), cases.multilingual), (try Self.english.get(), cases.gpt2),
    ] {
      let special = expected.special
      #expect(special["<|endoftext|>"] == tokenizer.endOfText)
      #expect(special["<|startoftranscript|>"] == tokenizer.startOfTranscript)
      #expect(special["<|translate|>"] == tokenizer.translate)
      #expect(special["<|transcribe|>"] == tokenizer.transcribe)
      #expect(special["<|startoflm|>"] == tokenizer.startOfLM)
      #expect(special["<|startofprev|>"] == tokenizer.startOfPrevious)
      #expect(special["<|nospeech|>"] == tokenizer.noSpeech)
      #expect(special["<|notimestamps|>"] == tokenizer.noTimestamps)
      #expect(special["<|0.00|>"] == tokenizer.firstTimestamp)
      #expect(special["<|30.00|>"] == tokenizer.firstTimestamp + 1_500)
      #expect(tokenizer.nonSpeechTokens == expected.nonSpeech)
    }
    let multilingual = try Self.multilingual.get()
    for code in multilingual.languageCodes {
      #expect(multilingual.languageToken(code) == cases.multilingual.special["<|\(code)|>"])
    }
    #expect(multilingual.languageToken("yue") == nil)
    #expect(try Self.english.get().languageToken("en") == nil)
  }

  @Test func languagesHaveNames() {
    #expect(WhisperLanguages.all.count == 100)
    #expect(WhisperLanguages.code(of: "German") == "de" && WhisperLanguages.code(of: "DE") == "de")
    #expect(WhisperLanguages.code(of: "Castilian") == "es")
    #expect(WhisperLanguages.code(of: "Klingon") == nil)
    #expect(WhisperLanguages.name(of: "ht") == "Haitian Creole")
  }

  @Test(arguments: [
    "IQ== 1", "IQ==", "!Q== 0", "IR== 0", "IQ== 0 0", "IQ== x", "IQ== 0\nIg== 2", "I 0",
  ])
  func damagedLists(_ text: String) {
    #expect {
      try WhisperTokenizer(tiktoken: Array(text.utf8), vocabularyCount: 51_865, source: "list")
    } throws: { error in
      if case .invalid = error as? TokenizerError { true } else { false }
    }
  }

  @Test(arguments: [0, 51_765, 51_967, Int(Int32.max)])
  func vocabulariesThatDoNotFit(_ count: Int) throws {
    #expect(throws: TokenizerError.self) { try Self.tokenizer("multilingual", count) }
    #expect(throws: TokenizerError.self) {
      try WhisperTokenizer(tiktoken: [], vocabularyCount: count, source: "list")
    }
  }
}
