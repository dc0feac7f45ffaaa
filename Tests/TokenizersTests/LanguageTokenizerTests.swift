import Checkpoints
import Foundation
import Testing

@testable import Tokenizers

/// Compares ids with the reference implementations: `make_tokenizer_fixtures.py`, llama.cpp's files.
@Suite struct LanguageTokenizerTests {
  struct Case: Decodable {
    let family: String?
    let text: String
    let ids: [Int32]
  }

  private static func cases(_ name: String) throws -> [Case] {
    try JSONDecoder().decode([Case].self, from: Data(contentsOf: TokenizerAssets.fixture(name)))
  }

  @Test func sentencePieceIDsEqualTheReference() throws {
    let tokenizer = try TokenizerAssets.small.get()
    let cases = try Self.cases("sentencepiece-600.json")
    #expect(cases.count > 80)
    for one in cases {
      #expect(tokenizer.encode(one.text) == one.ids, "\(one.text.debugDescription)")
    }
  }

  @Test(arguments: ["gpt-2", "llama-bpe", "qwen2", "starcoder"])
  func byteLevelIDsEqualTheReference(family: String) throws {
    let cases = try Self.cases("byte-level-600.json").filter { $0.family == family }
    let fixture = TokenizerAssets.fixture("byte-level-600.gguf").path()
    let metadata = try Checkpoint.open(path: fixture).metadata
      .replacing("tokenizer.ggml.pre", .string(family))
    let tokenizer = try LanguageTokenizer(ggufMetadata: metadata, source: family)
    #expect(cases.count > 80)
    for one in cases {
      #expect(tokenizer.encode(one.text) == one.ids, "\(one.text.debugDescription)")
    }
  }

  /// Qwen3's `<think>` is a token in a template and in the text of an answer, but not in a document.
  @Test func markupIsATokenInTemplatesOnly() throws {
    let tokenizer = try TokenizerAssets.byteLevel(
      adding: [
        ("<|im_start|>", 3), ("<|im_end|>", 3), ("<think>", 4), ("</think>", 4), ("<b>", 4),
      ],
      pre: "qwen2")
    let (start, think, endThink, other) = (Int32(600), Int32(602), Int32(603), Int32(604))
    #expect(tokenizer.encode("<think>a</think>").filter { $0 >= 600 } == [])
    #expect(tokenizer.encode("a<b>").last == other)
    let prompt = ChatTemplate.qwen3.tokens(
      for: [ChatMessage(role: .user, text: "</think><|im_end|>")], tokenizer: tokenizer)
    #expect(
      prompt.filter { $0 >= 600 } == [start, start + 1, start, think, endThink])
    #expect(
      tokenizer.decode([think, 64, endThink]) == "<think>" + tokenizer.decode([64]) + "</think>")
    #expect(tokenizer.endOfGeneration == [0, 601])
    #expect(!tokenizer.addsBOS)
  }

  /// Gemma's vocabulary: user-defined runs of spaces, which converters write as spaces.
  @Test func userDefinedSpacesAreCutOutOfATextFirst() throws {
    let tokenizer = try TokenizerAssets.sentencePiece(
      adding: [("  ", 4), ("   ", 4), ("\n\n", 4), ("<td>", 4)])
    func ids(_ text: String) -> [Int32] { tokenizer.encode(text) }
    #expect(ids("  ") == [600] && ids("   ") == [601] && ids("     ") == [601, 600])
    #expect(ids("a   b") == ids("a") + [601] + ids("b"))
    #expect(ids("a\n\n\nb") == ids("a") + [602] + ids("\nb"))
    #expect(ids("<td>  a") == [603, 600] + ids("a"))
    for text in ["  ", "a    b\n\n c", "<td>   "] { #expect(tokenizer.decode(ids(text)) == text) }
  }

  /// `<s>` and `</s>` are HTML's tags where the file names other marks, also in sentencepiece.
  @Test func userDefinedSentenceMarksAreTextBesideOthers() throws {
    let tags: [(String, Int32)] = [("<s>", 4), ("</s>", 4), ("<end_of_turn>", 3)]
    let gemma = try TokenizerAssets.sentencePiece(
      adding: tags, replacing: [1: "<bos>", 2: "<eos>"])
    #expect(gemma.encode("<s>a</s>") == [600] + gemma.encode("a") + [601])
    #expect(gemma.endOfGeneration == [2, 602])
    #expect(gemma.decode([600]) == "<s>")
    // With `<s>` as begin, a user-defined `</s>` is the end.
    let other = try TokenizerAssets.sentencePiece(
      adding: [("</s>", 4)], replacing: [2: "<|im_end|>"])
    #expect(!other.encode("</s>").contains(600))
    #expect(other.endOfGeneration == [2, 600])
  }

  @Test(
    .enabled(if: TokenizerAssets.folder != nil, "\(TokenizerAssets.missing)"),
    arguments: ["gpt-2", "phi-3"])
  func idsEqualLlamaCppsTestFile(name: String) throws {
    let tokenizer = try TokenizerAssets.llamaCpp(name)
    let path = try #require(TokenizerAssets.folder).path() + "/ggml-vocab-\(name).gguf"
    let input = try String(contentsOfFile: path + ".inp", encoding: .utf8)
    let output = try String(contentsOfFile: path + ".out", encoding: .utf8)
    let texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = output.components(separatedBy: "\n")
    #expect(texts.count >= 40 && abs(texts.count - lines.count) <= 1)
    for (text, line) in zip(texts, lines) {
      let expected = line.split(separator: " ").compactMap { Int32($0) }
      #expect(tokenizer.encode(text) == expected, "\(text.debugDescription)")
    }
  }

  @Test func decodingGivesTheTextBack() throws {
    for result in [TokenizerAssets.small, TokenizerAssets.smallByteLevel] {
      let tokenizer = try result.get()
      for one in try Self.cases("sentencepiece-600.json") {
        // SentencePiece spells a space as U+2581 and cannot distinguish the two.
        let text =
          tokenizer.model == .sentencePiece
          ? one.text.replacingOccurrences(of: "\u{2581}", with: " ") : one.text
        let ids = tokenizer.encode(text)
        #expect(Array(tokenizer.decode(ids).utf8) == Array(text.utf8), "\(text.debugDescription)")
      }
    }
  }

  @Test func segmentsAreTokenisedAsOneText() throws {
    let tokenizer = try TokenizerAssets.small.get()
    let text = "The museum opens at nine o'clock, and the mirror is clean."
    let whole = tokenizer.encode(text)
    for cut in text.indices {
      let segments = [
        PromptSegment.template(String(text[..<cut])), .content(String(text[cut...])),
      ]
      #expect(tokenizer.encode(segments) == whole)
    }
    #expect(tokenizer.encode("") == [])
    #expect(tokenizer.encode("museum", isStart: false) != tokenizer.encode("museum"))
  }

  @Test func aSpaceIsPutAfterSpecialTokensToo() throws {
    let tokenizer = try TokenizerAssets.small.get()
    let word = tokenizer.encode("museum")
    #expect(tokenizer.encode("<s>museum</s>museum", parsesSpecial: true) == [1] + word + [2] + word)
    #expect(tokenizer.encode("museum<s>", parsesSpecial: true) == word + [1])
    #expect(tokenizer.decode([1] + word + [2] + word) == "museum museum")
    #expect(tokenizer.decode([1] + word, showsSpecial: true) == "<s>museum")
  }

  @Test(.enabled(if: TokenizerAssets.folder != nil, "\(TokenizerAssets.missing)"))
  func phi3SwallowsWhiteSpaceAfterSpecialTokens() throws {
    let tokenizer = try TokenizerAssets.llamaCpp("phi-3")
    let (user, end) = (Int32(32_010), Int32(32_007))
    let hello = tokenizer.encode("Hello")
    for space in ["", "\n", " \t\r\n\u{B}\u{C} "] {
      let ids = tokenizer.encode("<|user|>\(space)Hello<|end|>\(space)", parsesSpecial: true)
      #expect(ids == [user] + hello + [end])
    }
    // `isspace` does not include the no-break space, and <s> does not strip.
    #expect(
      tokenizer.encode("<|user|>\u{A0}x", parsesSpecial: true)
        == [user] + tokenizer.encode("\u{A0}x"))
    #expect(
      tokenizer.encode("<s> Hello", parsesSpecial: true) == [1] + tokenizer.encode(" Hello"))
    #expect(tokenizer.endOfGeneration == [2, 32_000, 32_007])
    #expect(tokenizer.bos == 1 && tokenizer.eos == 32_000 && tokenizer.addsBOS)
  }

  @Test(.enabled(if: TokenizerAssets.folder != nil, "\(TokenizerAssets.missing)"))
  func gpt2HasItsOwnDefaults() throws {
    let tokenizer = try TokenizerAssets.llamaCpp("gpt-2")
    #expect(tokenizer.model == .byteLevel && tokenizer.vocabularyCount == 50_257)
    #expect(!tokenizer.addsBOS && !tokenizer.addsSpacePrefix && tokenizer.unknown == nil)
    #expect(tokenizer.endOfGeneration == [50_256])
    #expect(tokenizer.encode("a<|endoftext|>b", parsesSpecial: true) == [64, 50_256, 65])
  }

  @Test func bytesOfAnIDOutsideTheVocabularyAreNone() throws {
    let tokenizer = try TokenizerAssets.small.get()
    for id in [-1, Int32(tokenizer.vocabularyCount), .max, .min] {
      #expect(tokenizer.bytes(of: id, showsSpecial: true).isEmpty)
      #expect(tokenizer.vocabulary.spelling(of: id) == nil)
    }
  }
}

extension Metadata {
  /// A copy in which `key` has another value, or none.
  func replacing(_ key: String, _ value: MetadataValue?) -> Metadata {
    var copy = Metadata()
    for entry in entries where entry.key != key {
      _ = copy.append(key: entry.key, value: entry.value)
    }
    if let value { _ = copy.append(key: key, value: value) }
    return copy
  }
}
