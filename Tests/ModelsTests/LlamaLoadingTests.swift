import Bytes
import Checkpoints
import Foundation
import KernelInterface
import Kernels
import Testing

@testable import Models

/// Files that do not fit: an error that names the key or tensor, never a trap.
@Suite struct LlamaLoadingTests {
  private static let compute = ChangedLlama.compute

  private func message(_ change: ChangedLlama, _ options: LoadOptions = LoadOptions()) -> String {
    do {
      _ = try change.load(options)
      return "loaded"
    } catch let error as ModelError {
      return error.description
    } catch {
      return "another error: \(error)"
    }
  }

  @Test func unchangedFilesLoad() throws {
    for name in LlamaGoldens.names { _ = try ChangedLlama(name: name).load() }
  }

  @Test(
    arguments: [
      ("llama.block_count", .uint32(1 << 31), "block_count: 2147483648 is not between 1 and 1000"),
      ("llama.block_count", .uint32(0), "block_count: 0"),
      ("llama.block_count", .int32(-1), "block_count: -1"),
      ("llama.block_count", .uint64(.max), "llama.block_count"),
      ("llama.block_count", .uint32(3), "blk.2.attn_norm.weight"),
      ("llama.block_count", .string("2"), "llama.block_count"),
      ("llama.block_count", nil, "llama.block_count"),
      ("llama.embedding_length", .uint32(64), "has shape"),
      ("llama.embedding_length", .uint32(0), "embedding_length: 0"),
      ("llama.feed_forward_length", .uint32(.max), "feed_forward_length: 4294967295"),
      ("llama.feed_forward_length", .array(.int32([40, 40])), "llama.feed_forward_length"),
      ("llama.attention.head_count", .uint32(0), "attention.head_count: 0"),
      ("llama.attention.head_count", .uint32(5), "attention.head_count: 5 does not divide"),
      ("llama.attention.head_count_kv", .uint32(0), "attention.head_count_kv: 0"),
      ("llama.attention.head_count_kv", .uint32(3), "attention.head_count_kv: 3 does not divide"),
      ("llama.attention.head_count_kv", .uint32(2), "attn_k.weight has shape [32, 32]"),
      ("llama.attention.key_length", .uint32(16), "has shape"),
      ("llama.attention.value_length", .uint32(16), "llama.attention.value_length is 16"),
      ("llama.context_length", .uint32(0), "context_length: 0"),
      ("llama.rope.dimension_count", .uint32(7), "rope.dimension_count: 7"),
      ("llama.rope.dimension_count", .uint32(10), "rope.dimension_count: 10"),
      ("llama.rope.dimension_count", .uint32(0), "rope.dimension_count: 0"),
      ("llama.rope.freq_base", .float32(.nan), "rope.freq_base"),
      ("llama.rope.freq_base", .float32(-1), "rope.freq_base"),
      ("llama.rope.scaling.factor", .float32(-2), "rope.scaling.factor"),
      ("llama.rope.scaling.factor", .float32(.infinity), "rope.scaling.factor"),
      ("llama.rope.scaling.type", .string("yarn"), "llama.rope.scaling.type is yarn"),
      ("llama.attention.layer_norm_rms_epsilon", .float32(0), "layer_norm_rms_epsilon"),
      ("llama.attention.layer_norm_rms_epsilon", nil, "layer_norm_rms_epsilon"),
      ("llama.attention.sliding_window", .int32(-3), "attention.sliding_window: -3"),
      ("llama.attention.causal", .bool(false), "llama.attention.causal is false"),
      ("llama.expert_count", .uint32(8), "llama.expert_count is 8"),
      ("llama.final_logit_softcapping", .float32(30), "final_logit_softcapping is 30.0"),
      ("llama.attn_logit_softcapping", .float32(50), "attn_logit_softcapping is 50.0"),
      ("general.architecture", .string("gemma2"), "general.architecture is gemma2"),
      ("general.architecture", nil, "general.architecture is absent"),
    ] as [(String, MetadataValue?, String)])
  func metadataThatCannotBeIsRefused(
    _ key: String, _ value: MetadataValue?, _ expected: String
  ) {
    let message = message(ChangedLlama(metadata: [key: value]))
    #expect(message.contains(expected) && message.contains("changed.gguf"), "\(message)")
  }

  @Test func tensorsThatDoNotFitAreRefused() {
    #expect(
      message(ChangedLlama(removed: ["blk.1.ffn_down.weight"]))
        .contains("tensor blk.1.ffn_down.weight is missing"))
    #expect(message(ChangedLlama(removed: ["token_embd.weight"])).contains("token_embd.weight"))
    #expect(message(ChangedLlama(removed: ["output_norm.weight"])).contains("output_norm.weight"))
    #expect(
      message(ChangedLlama(reshaped: ["blk.0.attn_q.weight": [32, 31]]))
        .contains("tensor blk.0.attn_q.weight has shape [32, 31]"))
    #expect(
      message(ChangedLlama(reshaped: ["token_embd.weight": [48 * 32]])).contains(
        "token_embd.weight"))
    #expect(
      message(ChangedLlama(reshaped: ["blk.0.attn_norm.weight": [1, 32]])).contains(
        "attn_norm.weight"))
    #expect(
      message(ChangedLlama(retyped: ["blk.0.attn_q.weight": .i8]))
        .contains("type of tensor blk.0.attn_q.weight is I8"))
    #expect(
      message(ChangedLlama(added: [("blk.0.attn_q.bias", [32])])).contains(
        "tensor blk.0.attn_q.bias"))
    #expect(
      message(ChangedLlama(name: "phi3", reshaped: ["rope_factors_long.weight": [3]]))
        .contains("rope_factors_long.weight has shape [3]"))
    #expect(
      message(ChangedLlama(name: "qwen2", removed: ["blk.1.attn_k.bias"]))
        .contains("tensor blk.1.attn_k.bias is missing"))
    #expect(
      message(ChangedLlama(name: "qwen2", reshaped: ["blk.0.attn_v.bias": [32]]))
        .contains("tensor blk.0.attn_v.bias has shape [32]"))
    #expect(
      message(ChangedLlama(name: "qwen3", removed: ["blk.0.attn_q_norm.weight"]))
        .contains("tensor blk.0.attn_q_norm.weight is missing"))
    #expect(
      message(ChangedLlama(name: "qwen3", reshaped: ["blk.0.attn_k_norm.weight": [8]]))
        .contains("tensor blk.0.attn_k_norm.weight has shape [8]"))
    #expect(
      message(ChangedLlama(name: "qwen3", added: [("blk.0.attn_q.bias", [64])]))
        .contains("tensor blk.0.attn_q.bias"))
    for name in ["post_attention_norm", "post_ffw_norm", "attn_q_norm"] {
      #expect(
        message(ChangedLlama(name: "gemma3", removed: ["blk.5.\(name).weight"]))
          .contains("tensor blk.5.\(name).weight is missing"))
    }
    // The picture tower of Gemma 3 comes in a file of its own.
    #expect(
      message(ChangedLlama(name: "gemma3", added: [("v.blk.0.attn_q.weight", [32, 32])]))
        .contains("tensor v.blk.0.attn_q.weight"))
    // Factors of zero would make every angle infinite.
    #expect(
      message(ChangedLlama(removed: ["x"], added: [("rope_freqs.weight", [4])]))
        .contains("rope_freqs.weight: a factor is not a positive number"))
    #expect(message(ChangedLlama(added: [("blk.0.attn_rot_embd.weight", [4])])) == "loaded")
  }

  @Test func defaultsAreLlamaCpps() throws {
    var metadata: [String: MetadataValue?] = [:]
    for key in ["rope.freq_base", "rope.dimension_count", "attention.head_count_kv"] {
      metadata["llama." + key] = .some(nil)
    }
    let config = try ChangedLlama(metadata: metadata).load().config
    #expect(config.ropeBase == 10_000 && config.rotaryDim == 8 && config.keyValueHeads == 4)
    #expect(config.slidingWindow == nil && config.originalContext == 64 && config.ropeScale == 1)
    let stretched = try ChangedLlama(metadata: ["llama.rope.scaling.factor": .float32(4)]).load()
    #expect(stretched.config.ropeScale == 0.25)
  }

  /// A file of Gemma 3 leaves these values out; two keys can set them.
  @Test func windowLayersOfGemma3() throws {
    let config = try ChangedLlama(name: "gemma3").load().config
    #expect(config.slidingWindow == 4 && config.globalInterval == 6 && config.queryScalar == 16)
    #expect(config.ropeBase == 1e6 && config.ropeScale == 0.125 && config.windowRopeBase == 10_000)
    #expect((0..<12).filter { !config.hasWindow(layer: $0) } == [5, 11])
    #expect(config.ropeStyle == .halves)

    func changed(_ key: String, _ value: MetadataValue?) throws -> LlamaModel {
      try ChangedLlama(name: "gemma3", metadata: ["gemma3." + key: value]).load()
    }
    #expect(try changed("attention.sliding_window_pattern", .uint32(2)).config.globalInterval == 2)
    #expect(try changed("rope.freq_base_swa", .float32(500)).config.windowRopeBase == 500)
    // Without a window all layers are alike.
    let full = try changed("attention.sliding_window", nil).config
    #expect(full.globalInterval == nil && full.windowRopeBase == nil)
    #expect(throws: ModelError.self) { try changed("attention.sliding_window_pattern", .uint32(0)) }
    #expect(throws: ModelError.self) { try changed("rope.freq_base_swa", .float32(0)) }

    let model = try ChangedLlama(name: "gemma3").load(LoadOptions(slidingWindow: .tokens(3)))
    #expect(model.slidingWindow(layer: 4) == 3 && model.slidingWindow(layer: 5) == nil)
    #expect(model.windowRopeFrequencies?.base == 10_000)
  }

  /// Gemma 3 27B divides scores by the square root of embed / heads, and no other does.
  @Test func scoresOfTheLargestGemma3() {
    func config(_ layers: Int, _ embed: Int, _ heads: Int, _ headDim: Int) -> LlamaConfig {
      LlamaConfig(
        architecture: .gemma3, layers: layers, embed: embed, heads: heads, headDim: headDim,
        ffn: 21_504, vocab: 262_144, context: 131_072, epsilon: 1e-6)
    }
    let large = config(62, 5_376, 32, 128)
    #expect(large.queryScalar == 168)
    #expect(abs(large.queryScale - (128.0 / 168.0 as Float).squareRoot()) < 1e-7)
    let medium = config(48, 3_840, 16, 256)
    #expect(medium.queryScalar == 256 && medium.queryScale == 1)
  }

  /// A file without `output.weight` uses the token table twice.
  @Test func tiedOutputIsTheTokenTable() throws {
    let original = try Checkpoint.open(path: LlamaGoldens.path("llama"))
    let table = try original.requiredTensor("token_embd.weight")
    var writer = try GGUFWriter()
    for entry in original.metadata.entries { try writer.setMetadata(entry.key, entry.value) }
    for tensor in original.tensors {
      let bytes = Array(original.bytes(of: tensor.name == "output.weight" ? table : tensor))
      try writer.addTensor(
        name: tensor.name, type: tensor.type, shape: tensor.shape, source: .bytes(bytes))
    }
    let twice = try LlamaModel(
      gguf: Checkpoint.open(file: MappedFile(bytes: writer.encoded(), name: "twice")),
      compute: Self.compute)
    let tied = try ChangedLlama(removed: ["output.weight"]).load()
    let logits = try [tied, twice].map { model in
      let session = try LlamaSession(model: model, contextTokenCount: 8)
      try session.evaluate([1, 5, 9])
      return session.allLogits
    }
    #expect(logits[0] == logits[1])
  }

  @Test func slidingWindowIsANamedChoice() throws {
    func model(_ window: LoadOptions.SlidingWindow) throws -> LlamaModel {
      try ChangedLlama(name: "mistral").load(LoadOptions(slidingWindow: window))
    }
    #expect(try model(.asFile).slidingWindow == 4)
    #expect(try model(.full).slidingWindow == nil)
    #expect(try model(.tokens(3)).slidingWindow == 3)
    let zero = ChangedLlama(metadata: ["llama.attention.sliding_window": .uint32(0)])
    #expect(try zero.load().slidingWindow == nil)
  }

  @Test func modelsThatDoNotFitInMemoryAreRefusedBeforeLoading() throws {
    let text = message(
      ChangedLlama(), LoadOptions(contextTokenCount: 1_000_000, availableByteCount: 10_000_000))
    #expect(
      text.contains("does not fit in memory") && text.contains("10000000 are available")
        && text.contains("keys and values for 1000000 tokens") && text.contains("-c"), "\(text)")
    #expect(message(ChangedLlama(), LoadOptions(availableByteCount: 1 << 30)) == "loaded")
  }

  /// Weights in place compute the same bits as repacked ones.
  @Test func repackingChangesNothing() throws {
    for name in LlamaGoldens.names {
      let logits = try [WeightPlacement.reordered, .inPlace].map { weights in
        let model = try LlamaModel(
          gguf: Checkpoint.open(path: LlamaGoldens.path(name)),
          compute: ComputeContext(threadCount: 2),
          options: LoadOptions(weights: weights))
        let session = try LlamaSession(model: model, contextTokenCount: 16)
        try session.evaluate([1, 7, 8, 9, 10, 11])
        return session.allLogits
      }
      #expect(logits[0] == logits[1])
    }
  }
}
