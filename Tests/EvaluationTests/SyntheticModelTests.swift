@testable import Evaluation
import Checkpoints
import Foundation
import Testing
import Tokenizers

@testable import Models

@Suite struct SyntheticModelTests {
  private func model(
    _ architecture: SyntheticArchitecture, _ size: SyntheticSize = .tiny,
    _ recipe: ConversionRecipe = .q4KM, seed: UInt64 = 1
  ) -> SyntheticModel {
    SyntheticModel(architecture: architecture, size: size, recipe: recipe, seed: seed)
  }

  /// The counts of the published files, as llama.cpp's loader prints them.
  @Test(arguments: [
    (SyntheticArchitecture.mistral, [TensorType.f32: 65, .q4K: 193, .q6K: 33], 4.368e9),
    (.llama2, [.f32: 65, .q4K: 193, .q6K: 33], 4.080e9),
    (.codellama, [.f32: 65, .q4K: 193, .q6K: 33], 4.080e9),
    (.phi3, [.f32: 65, .q4K: 81, .q5K: 32, .q6K: 17], 2.393e9),
    (.qwen25Small, [.f32: 141, .q4K: 168, .q6K: 29], 0.980e9),
    (.qwen25, [.f32: 141, .q4K: 169, .q6K: 29], 4.677e9),
    (.qwen3, [.f32: 145, .q4K: 216, .q6K: 37], 2.491e9),
    (.gemma3Small, [.f32: 157, .q50: 117, .q80: 14, .q4K: 39, .q6K: 13], 0.7995e9),
    (.gemma3, [.f32: 205, .q4K: 204, .q6K: 35], 2.483e9),
  ])
  func fullSizesHaveThePublishedTypes(
    architecture: SyntheticArchitecture, counts: [TensorType: Int], byteCount: Double
  ) {
    let model = model(architecture, .full)
    #expect(Dictionary(grouping: model.tensors, by: \.type).mapValues(\.count) == counts)
    #expect(abs(Double(model.tensorByteCount) / byteCount - 1) < 1e-3)
  }

  @Test func mistralHasThePublishedOrderAndKeys() {
    let model = model(.mistral, .full)
    let names = model.tensors.map { $0.spec.name(.gguf) }
    #expect(names.prefix(3) == ["token_embd.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight"])
    #expect(names.suffix(2) == ["output_norm.weight", "output.weight"])
    #expect(names[262] == "blk.29.attn_q.weight")
    #expect(model.metadata.count == 24)
    #expect(self.model(.llama2, .full).metadata.count == 19)
    #expect(self.model(.phi3, .full).metadata.count == 24)
  }

  /// Every token that is not a byte or special is the merge of two tokens before it.
  @Test(arguments: [LlamaConfig.Architecture.qwen2, .qwen3])
  func byteLevelTokensAreMergesOfEarlierOnes(architecture: LlamaConfig.Architecture) throws {
    for count in [512, 20_000] {
      let vocabulary = SyntheticByteLevelVocabulary(architecture: architecture, count: count)
      #expect(vocabulary.tokens.count == count && vocabulary.types.count == count)
      var known = Set(vocabulary.tokens[..<256])
      #expect(known.count == 256)
      for (token, merge) in zip(vocabulary.tokens[256..<vocabulary.endOfText], vocabulary.merges) {
        let parts = merge.split(separator: " ").map(String.init)
        #expect(parts.count == 2 && parts.joined() == token)
        #expect(parts.allSatisfy(known.contains) && known.insert(token).inserted)
      }
      #expect(vocabulary.merges.count == vocabulary.endOfText - 256)
      #expect(vocabulary.tokens[vocabulary.endOfTurn] == "<|im_end|>")
      let tokenizer = try LanguageTokenizer(
        ggufMetadata: metadata(vocabulary), source: "synthetic")
      #expect(tokenizer.decode(tokenizer.encode("bade, Ünder\n")) == "bade, Ünder\n")
      #expect(tokenizer.encode("bade").count < 4)
    }
  }

  private func metadata(_ vocabulary: SyntheticByteLevelVocabulary) -> Metadata {
    var metadata = Metadata()
    for (key, value) in [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("qwen2")),
      ("tokenizer.ggml.tokens", .array(.string(StringArray(vocabulary.tokens)))),
      ("tokenizer.ggml.token_type", .array(.int32(vocabulary.types))),
      ("tokenizer.ggml.merges", .array(.string(StringArray(vocabulary.merges)))),
    ] as [(String, MetadataValue)] {
      _ = metadata.append(key: key, value: value)
    }
    return metadata
  }

  @Test(arguments: SyntheticArchitecture.allCases, ConversionRecipe.allCases)
  func everyTinyFileOpens(architecture: SyntheticArchitecture, recipe: ConversionRecipe) throws {
    // Float32 numbers are made one by one, slowly in a debug build; one architecture shows them.
    if [.f32, .f16, .bf16].contains(recipe), architecture != .llama2 { return }
    let directory = try Assets.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "model.gguf").path()
    let model = model(architecture, .tiny, recipe)
    try model.write(to: path)
    let checkpoint = try Checkpoint.open(path: path)
    #expect(checkpoint.tensors.map(\.name) == model.tensors.map { $0.spec.name(.gguf) })
    #expect(checkpoint.tensors.map(\.type) == model.tensors.map(\.type))
    let tokens = try #require(checkpoint.metadata["tokenizer.ggml.tokens"]?.arrayValue?.strings)
    #expect(tokens.count == model.config.vocab)
    #expect(Set(tokens).count == tokens.count)
  }

  @Test func seedDecidesTheBytes() throws {
    let directory = try Assets.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    func bytes(seed: UInt64) throws -> Data {
      let file = directory.appending(path: "\(seed).gguf")
      try model(.llama2, seed: seed).write(to: file.path())
      return try Data(contentsOf: file)
    }
    let first = try bytes(seed: 1)
    #expect(try bytes(seed: 1) == first)
    #expect(try bytes(seed: 2) != first)
  }

  /// xorshift64 of one word, and the sum of twelve uniform numbers, in the plainest form.
  @Test func randomNumbersAreWhatTheySay() {
    var random = RandomNumbers(seed: 3, name: "x")
    let before = random.nextVector()
    let after = random.nextVector()
    for lane in 0..<8 {
      var word = before[lane]
      word ^= word << 13
      word ^= word >> 7
      word ^= word << 17
      #expect(after[lane] == word)
    }
    let numbers = (0..<20_000).map { _ in Double(random.nextNormal()) }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    // Four standard errors: 4 / sqrt(20,000), and sqrt(2) times that.
    #expect(abs(mean) < 0.029)
    #expect(abs(variance - 1) < 0.04)
  }
}
