import Checkpoints
import Foundation
import Testing

@testable import Tokenizers

/// Hostile documents and files: no text becomes structure, no file makes the loader trap or hang.
@Suite struct LanguageTokenizerSafetyTests {
  private static func tokenizers() throws -> [LanguageTokenizer] {
    var all = [try TokenizerAssets.small.get(), try TokenizerAssets.smallByteLevel.get()]
    if TokenizerAssets.folder != nil {
      all += [
        try TokenizerAssets.llamaCpp("phi-3"), try TokenizerAssets.llamaCpp("gpt-2"),
        try TokenizerAssets.mistral(withChatML: true),
      ]
    }
    return all
  }

  private func expectNoSpecial(_ ids: [Int32], _ tokenizer: LanguageTokenizer, _ text: String) {
    for id in ids {
      let kind = tokenizer.vocabulary.kind(of: id)
      #expect(
        kind != .control && kind != .unknown && !tokenizer.endOfGeneration.contains(id),
        "\(text.debugDescription) gives \(id)")
    }
  }

  @Test func documentTextNeverYieldsSpecialTokens() throws {
    for tokenizer in try Self.tokenizers() {
      let special = (0..<Int32(tokenizer.vocabularyCount)).filter {
        let kind = tokenizer.vocabulary.kind(of: $0)
        return kind == .control || kind == .unknown
      }
      #expect(!special.isEmpty)
      var spellings = special.compactMap { tokenizer.vocabulary.spelling(of: $0) }
      spellings += ["<s>", "</s>", "<unk>", "<|end|>", "<|user|>", "<|im_start|>", "<|im_end|>"]
      for spelling in spellings {
        for text in [
          spelling, " " + spelling, spelling + spelling, "a\(spelling)b", "\u{2581}\(spelling)",
          "<\(spelling)>", spelling.replacingOccurrences(of: " ", with: "\u{2581}"),
          String(spelling.dropLast()) + spelling, "\n\(spelling)\n",
        ] {
          expectNoSpecial(tokenizer.encode(text), tokenizer, text)
          expectNoSpecial(tokenizer.encode([.content(text)], isStart: false), tokenizer, text)
        }
        // A spelling that is split across two segments is not recognised either.
        let cut = spelling.index(after: spelling.startIndex)
        let split: [PromptSegment] = [
          .template(String(spelling[..<cut])), .content(String(spelling[cut...])),
          .template(" "), .content(String(spelling[..<cut])), .template(String(spelling[cut...])),
        ]
        expectNoSpecial(tokenizer.encode(split), tokenizer, spelling)
      }
      for id in special {
        guard let spelling = tokenizer.vocabulary.spelling(of: id) else { continue }
        #expect(tokenizer.encode(spelling, parsesSpecial: true) == [id])
      }
    }
  }

  /// A vocabulary in which plain pieces merge into the spelling of a control token.
  ///
  /// llama.cpp merges into control tokens, so "<" "/s" ">" becomes the end of the sequence there.
  @Test func piecesThatSpellAControlTokenDoNotMergeIntoIt() throws {
    let metadata = Self.metadata(
      ["<unk>", "<s>", "</s>", "<", "/s", ">", "/", "s", "</", "s>", "/s>", "\u{2581}", "</s"],
      types: [2, 3, 3])
    let tokenizer = try LanguageTokenizer(ggufMetadata: metadata, source: "t")
    let ids = tokenizer.encode("</s>", isStart: false)
    #expect(!ids.contains(2) && tokenizer.decode(ids) == "</s>")
  }

  // MARK: Hostile metadata

  /// A vocabulary of these tokens; `types` are those of the first ones, the others are normal.
  static func metadata(
    _ tokens: [String], types: [Int32] = [], scores: [Float]? = nil
  ) -> Metadata {
    var metadata = Metadata()
    let allTypes = types + Array(repeating: 1, count: max(0, tokens.count - types.count))
    for (key, value) in [
      ("tokenizer.ggml.model", .string("llama")),
      ("tokenizer.ggml.tokens", .array(.string(StringArray(tokens)))),
      (
        "tokenizer.ggml.scores",
        .array(.float32(scores ?? tokens.indices.map { -Float($0) }))
      ),
      ("tokenizer.ggml.token_type", .array(.int32(allTypes))),
    ] as [(String, MetadataValue)] {
      _ = metadata.append(key: key, value: value)
    }
    return metadata
  }

  private static let small = metadata(["<unk>", "<s>", "</s>", "a", "b", "ab"], types: [2, 3, 3])

  @Test(
    arguments: [
      ("tokenizer.ggml.model", nil, "tokenizer.ggml.model is missing"),
      ("tokenizer.ggml.model", .string("t5"), "is t5; supported: llama"),
      ("tokenizer.ggml.model", .uint32(1), "tokenizer.ggml.model"),
      ("tokenizer.ggml.tokens", nil, "tokenizer.ggml.tokens is missing"),
      ("tokenizer.ggml.tokens", .string("a"), "tokenizer.ggml.tokens"),
      ("tokenizer.ggml.tokens", .array(.string(StringArray())), "there are no tokens"),
      ("tokenizer.ggml.scores", nil, "tokenizer.ggml.scores is missing"),
      ("tokenizer.ggml.scores", .array(.float32([1])), "1 scores for 6 tokens"),
      ("tokenizer.ggml.scores", .array(.string(StringArray())), "tokenizer.ggml.scores"),
      (
        "tokenizer.ggml.scores", .array(.float32([0, 0, .nan, 0, 0, 0])),
        "the score of token 2 is not a number"
      ),
      ("tokenizer.ggml.token_type", .array(.int32([1, 1])), "2 types for 6 tokens"),
      ("tokenizer.ggml.token_type", .array(.int32([2, 3, 3, 1, 7, 1])), "token 4 has type 7"),
      ("tokenizer.ggml.token_type", .array(.int32([2, 3, 3, 1, -1, 1])), "token 4 has type -1"),
      ("tokenizer.ggml.token_type", .array(.int32([2, 3, 3, 6, 1, 1])), "not spelled <0xNN>"),
      ("tokenizer.ggml.bos_token_id", .uint32(6), "6 is outside the 6 tokens"),
      ("tokenizer.ggml.eos_token_id", .int32(-1), "-1 is outside"),
      ("tokenizer.ggml.eos_token_id", .uint64(.max), "eos_token_id"),
      ("tokenizer.ggml.unknown_token_id", .uint32(.max), "outside the 6 tokens"),
      ("tokenizer.ggml.eot_token_id", .uint32(99), "outside the 6 tokens"),
      ("tokenizer.ggml.add_bos_token", .uint32(1), "add_bos_token"),
      ("tokenizer.ggml.add_space_prefix", .string("no"), "add_space_prefix"),
    ] as [(String, MetadataValue?, String)])
  func metadataThatDoesNotFitIsNamed(key: String, value: MetadataValue?, expected: String) throws {
    _ = try LanguageTokenizer(ggufMetadata: Self.small, source: "file.gguf")
    do throws(TokenizerError) {
      _ = try LanguageTokenizer(
        ggufMetadata: Self.small.replacing(key, value), source: "file.gguf")
      Issue.record("\(key) = \(String(describing: value)) was accepted")
    } catch {
      #expect(error.description.contains(expected), "\(error.description)")
      #expect(error.description.contains("file.gguf"))
    }
  }

  @Test func duplicateAndGiganticTokensAreNamed() {
    for (tokens, expected) in [
      (["<unk>", "<s>", "</s>", "a", "a"], "tokens 3 and 4 are spelled the same"),
      (["<unk>", "<s>", "</s>", String(repeating: "a", count: 1_025)], "token 3 has 1025 bytes"),
    ] {
      let error = #expect(throws: TokenizerError.self) {
        try LanguageTokenizer(
          ggufMetadata: Self.metadata(tokens, types: [2, 3, 3]), source: "t")
      }
      #expect(error?.description.contains(expected) == true)
    }
  }

  @Test(arguments: [
    (["a"], "merge 0 is not two tokens"), (["a b", "a q"], "merge 1 names a token"),
    (["b a"], "merge 0 names a token"), ([" "], "merge 0 is not two tokens"),
    ([""], "merge 0 is not two tokens"), (["a "], "merge 0 names a token"),
  ])
  func mergesThatDoNotFitAreNamed(merges: [String], expected: String) {
    let metadata = Self.small.replacing("tokenizer.ggml.model", .string("gpt2"))
      .replacing("tokenizer.ggml.pre", .string("gpt-2"))
      .replacing("tokenizer.ggml.merges", .array(.string(StringArray(merges))))
    let error = #expect(throws: TokenizerError.self) {
      try LanguageTokenizer(ggufMetadata: metadata, source: "t")
    }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
  }

  @Test func anUnknownPreTokenizerIsNamedAndAMissingOneNoted() throws {
    let byteLevel = Self.small.replacing("tokenizer.ggml.model", .string("gpt2"))
      .replacing("tokenizer.ggml.merges", .array(.string(StringArray(["a b"]))))
    let error = #expect(throws: TokenizerError.self) {
      try LanguageTokenizer(
        ggufMetadata: byteLevel.replacing("tokenizer.ggml.pre", .string("kimi-k2")), source: "t")
    }
    #expect(error?.description.contains("kimi-k2") == true)
    let tokenizer = try LanguageTokenizer(ggufMetadata: byteLevel, source: "t")
    #expect(tokenizer.notes.contains { $0.contains("tokenizer.ggml.pre is missing") })
    #expect(tokenizer.encode("abba") == [5, 4, 3])
  }

  @Test func unknownTextBecomesOneUnknownTokenOrBytes() throws {
    let plain = try LanguageTokenizer(ggufMetadata: Self.small, source: "t")
    #expect(plain.encode("xyab\u{1F999}z", isStart: false) == [0, 5, 0])
    let names = (0..<256).map {
      "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16).uppercased() + ">"
    }
    let metadata = Self.metadata(
      ["<unk>", "<s>", "</s>"] + names + ["a"],
      types: [2, 3, 3] + Array(repeating: 6, count: 256))
    let bytes = try LanguageTokenizer(ggufMetadata: metadata, source: "t")
    #expect(bytes.encode("aé", isStart: false) == [259, 3 + 0xC3, 3 + 0xA9])
    #expect(bytes.decode([259, 3 + 0xC3, 3 + 0xA9]) == "aé")
  }

  /// 200,000 equal characters are one word, for which a quadratic algorithm exceeds the time limit.
  @Test(.timeLimit(.minutes(1)))
  func oneLongWordIsNotQuadratic() throws {
    let count = 200_000
    for result in [TokenizerAssets.small, TokenizerAssets.smallByteLevel] {
      let tokenizer = try result.get()
      for text in [String(repeating: "a", count: count), String(repeating: " ", count: count)] {
        #expect(tokenizer.decode(tokenizer.encode(text)).utf8.count == count)
      }
    }
  }

  /// Tokens a, aa, aaa, …: every cut of every one is a merge.
  @Test(.timeLimit(.minutes(1)))
  func nestedTokensDoNotBlowUp() throws {
    let metadata = Self.metadata(
      ["<unk>", "<s>", "</s>"] + (1...300).map { String(repeating: "a", count: $0) },
      types: [2, 3, 3])
    let tokenizer = try LanguageTokenizer(ggufMetadata: metadata, source: "t")
    let text = String(repeating: "a", count: 10_000)
    #expect(tokenizer.decode(tokenizer.encode(text, isStart: false)) == text)
  }
}
