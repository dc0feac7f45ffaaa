import Bytes
import Checkpoints
import Foundation
import Testing

@testable import Tokenizers

/// CLIP's tokenizer against ids of open_clip and Hugging Face, and its loading.
@Suite struct CLIPTokenizerTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func openAI(_ cleaning: CLIPTextCleaning = .openAI) throws -> CLIPTokenizer {
    let path = root.appending(path: "Sources/SwiftRAG/TokenizerData/clip-merges.txt")
    return try CLIPTokenizer(
      mergesText: Array(Data(contentsOf: path)), cleaning: cleaning, source: path.path())
  }

  private struct Golden: Decodable {
    let text: String
    let openAI: [Int32]
    let huggingFace: [Int32]
  }

  @Test(arguments: CLIPTextCleaning.allCases) func idsAreTheReferences(
    _ cleaning: CLIPTextCleaning
  ) throws {
    let tokenizer = try Self.openAI(cleaning)
    #expect(tokenizer.vocabularyCount == 49_408)
    #expect(tokenizer.startOfText == 49_406 && tokenizer.endOfText == 49_407)
    let goldens = try JSONDecoder().decode(
      [Golden].self,
      from: Data(contentsOf: Self.root.appending(path: "Tests/Fixtures/clip/token-ids.json")))
    #expect(goldens.count == 160)
    for golden in goldens {
      let expected = cleaning == .openAI ? golden.openAI : golden.huggingFace
      #expect(tokenizer.encode(golden.text) == expected, "\(golden.text.debugDescription)")
    }
  }

  @Test func aLongTextEndsWithItsEnd() throws {
    let tokenizer = try Self.openAI()
    let text = String(repeating: "cat ", count: 100)
    let (ids, isTruncated) = tokenizer.encode(text, limit: 77)
    #expect(isTruncated && ids.count == 77)
    #expect(ids.first == 49_406 && ids.last == 49_407)
    #expect(ids[1..<76].allSatisfy { tokenizer.piece($0) == "cat</w>" })
    #expect(tokenizer.encode("cat", limit: 77).isTruncated == false)
    #expect(tokenizer.encode(String(repeating: "cat ", count: 75), limit: 77).ids.count == 77)
    #expect(!tokenizer.encode(String(repeating: "cat ", count: 75), limit: 77).isTruncated)
  }

  /// A document cannot end its own text, unless the caller parses special tokens.
  @Test func specialTokensInTextAreText() throws {
    let tokenizer = try Self.openAI()
    let text = "a <|endoftext|> b"
    #expect(tokenizer.encode(text).dropLast().contains(49_407) == false)
    #expect(tokenizer.encode(text, parsesSpecial: true).count { $0 == 49_407 } == 2)
    #expect(tokenizer.encode("<|ENDOFTEXT|>", parsesSpecial: true) == [49_406, 49_407, 49_407])
  }

  @Test func metadataRestoresTheTokenizer() throws {
    let tokenizer = try Self.openAI(.huggingFace)
    var writer = try GGUFWriter()
    for (key, value) in tokenizer.ggufMetadata { try writer.setMetadata(key, value) }
    let file = MappedFile(bytes: try writer.encoded(), name: "clip.gguf")
    let metadata = try Checkpoint.open(file: file).metadata
    let copy = try CLIPTokenizer(ggufMetadata: metadata, source: "clip.gguf")
    #expect(copy.cleaning == .huggingFace)
    for text in ["It's 2 CATS", "naïve €", "<|endoftext|>"] {
      #expect(copy.encode(text) == tokenizer.encode(text))
    }
  }

  /// `vocab.json` and `merges.txt` of a folder of Hugging Face.
  @Test func foldersOfHuggingFace() throws {
    let folder = Self.root.appending(path: "Tests/Fixtures/clip/tiny").path()
    let tokenizer = try #require(try CLIPTokenizer.load(directory: folder))
    #expect(tokenizer.vocabularyCount == 528)
    #expect(tokenizer.cleaning == .openAI)
    let pieces = tokenizer.encode("The cat ran").compactMap { tokenizer.piece($0) }
    #expect(
      pieces == ["<|startoftext|>", "the</w>", "cat</w>", "r", "a", "n</w>", "<|endoftext|>"])
    #expect(try CLIPTokenizer.load(directory: "/nonexistent")?.startOfText == nil)
  }

  @Test(arguments: [
    ("#version: 0.2\nt h\nx", "is not two tokens"), ("#version: 0.2\nt h\nq zz", "merge 1: names"),
    ("#version: 0.2\na b c", "merge 0: names"),
  ])
  func wrongMergesAreRefused(_ text: String, _ message: String) {
    #expect {
      try CLIPTokenizer(mergesText: Array(text.utf8), source: "merges.txt")
    } throws: {
      "\($0)".contains("merges.txt") && "\($0)".contains(message)
    }
  }

  @Test(arguments: [
    ("{", "JSON"), ("{}", "model.type"),
    (#"{"model":{"type":"BPE","end_of_word_suffix":"</w>"}}"#, "normalizer"),
    (
      #"{"model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":1}},"#
        + #""normalizer":{"normalizers":[{"type":"NFC"},{"type":"Replace"},{"type":"Lowercase"}]}}"#,
      "no token has id 0"
    ),
    (
      #"{"model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":0}},"#
        + #""normalizer":{"normalizers":[{"type":"NFC"},{"type":"Replace"},{"type":"Lowercase"}]}}"#,
      "token Ā"
    ),
  ])
  func wrongTokenizerJSONIsRefused(_ json: String, _ message: String) {
    #expect {
      try CLIPTokenizer(tokenizerJSON: Array(json.utf8), source: "tokenizer.json")
    } throws: {
      "\($0)".contains("tokenizer.json") && "\($0)".contains(message)
    }
  }
}
