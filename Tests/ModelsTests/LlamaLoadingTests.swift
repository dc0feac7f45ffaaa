import Bytes
import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Files that do not fit: an error that names the key or tensor, never a trap.
@Suite struct LlamaLoadingTests {
  private static let compute = ComputeContext(path: .reference, threadCount: 1)

  /// A tiny model with some metadata changed (nil removes a key), and tensors changed, removed or
  /// added.
  private struct Changed {
    var name = "llama"
    var metadata: [String: MetadataValue?] = [:]
    var removed: Set<String> = []
    var reshaped: [String: [Int]] = [:]
    var retyped: [String: TensorType] = [:]
    var added: [(String, [Int])] = []

    func checkpoint() throws -> Checkpoint {
      let original = try Checkpoint.open(path: LlamaGoldens.path(name))
      var writer = try GGUFWriter()
      for entry in original.metadata.entries where metadata[entry.key] == nil {
        try writer.setMetadata(entry.key, entry.value)
      }
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        if let value { try writer.setMetadata(key, value) }
      }
      for tensor in original.tensors where !removed.contains(tensor.name) {
        let shape = reshaped[tensor.name] ?? tensor.shape
        let type = retyped[tensor.name] ?? tensor.type
        let count = shape.reduce(1, *) / type.blockElementCount * type.blockByteCount
        var bytes = Array(original.bytes(of: tensor))
        bytes = Array((bytes + [UInt8](repeating: 0, count: count)).prefix(count))
        try writer.addTensor(name: tensor.name, type: type, shape: shape, source: .bytes(bytes))
      }
      for (name, shape) in added {
        let bytes = [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))
        try writer.addTensor(name: name, type: .f32, shape: shape, source: .bytes(bytes))
      }
      return try Checkpoint.open(file: MappedFile(bytes: writer.encoded(), name: "changed.gguf"))
    }

    func load(_ options: LoadOptions = LoadOptions()) throws -> LlamaModel {
      try LlamaModel(gguf: checkpoint(), compute: LlamaLoadingTests.compute, options: options)
    }
  }

  private func message(_ change: Changed, _ options: LoadOptions = LoadOptions()) -> String {
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
    for name in LlamaGoldens.names { _ = try Changed(name: name).load() }
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
      ("general.architecture", .string("gemma3"), "general.architecture is gemma3"),
      ("general.architecture", nil, "general.architecture is absent"),
    ] as [(String, MetadataValue?, String)])
  func metadataThatCannotBeIsRefused(
    _ key: String, _ value: MetadataValue?, _ expected: String
  ) {
    let message = message(Changed(metadata: [key: value]))
    #expect(message.contains(expected) && message.contains("changed.gguf"), "\(message)")
  }

  @Test func tensorsThatDoNotFitAreRefused() {
    #expect(
      message(Changed(removed: ["blk.1.ffn_down.weight"]))
        .contains("tensor blk.1.ffn_down.weight is missing"))
    #expect(message(Changed(removed: ["token_embd.weight"])).contains("token_embd.weight"))
    #expect(message(Changed(removed: ["output_norm.weight"])).contains("output_norm.weight"))
    #expect(
      message(Changed(reshaped: ["blk.0.attn_q.weight": [32, 31]]))
        .contains("tensor blk.0.attn_q.weight has shape [32, 31]"))
    #expect(
      message(Changed(reshaped: ["token_embd.weight": [48 * 32]])).contains("token_embd.weight"))
    #expect(
      message(Changed(reshaped: ["blk.0.attn_norm.weight": [1, 32]])).contains("attn_norm.weight"))
    #expect(
      message(Changed(retyped: ["blk.0.attn_q.weight": .i8]))
        .contains("type of tensor blk.0.attn_q.weight is I8"))
    #expect(
      message(Changed(added: [("blk.0.attn_q.bias", [32])])).contains("tensor blk.0.attn_q.bias"))
    #expect(
      message(Changed(name: "phi3", reshaped: ["rope_factors_long.weight": [3]]))
        .contains("rope_factors_long.weight has shape [3]"))
    #expect(
      message(Changed(name: "qwen2", removed: ["blk.1.attn_k.bias"]))
        .contains("tensor blk.1.attn_k.bias is missing"))
    #expect(
      message(Changed(name: "qwen2", reshaped: ["blk.0.attn_v.bias": [32]]))
        .contains("tensor blk.0.attn_v.bias has shape [32]"))
    #expect(
      message(Changed(name: "qwen3", removed: ["blk.0.attn_q_norm.weight"]))
        .contains("tensor blk.0.attn_q_norm.weight is missing"))
    #expect(
      message(Changed(name: "qwen3", reshaped: ["blk.0.attn_k_norm.weight": [8]]))
        .contains("tensor blk.0.attn_k_norm.weight has shape [8]"))
    #expect(
      message(Changed(name: "qwen3", added: [("blk.0.attn_q.bias", [64])]))
        .contains("tensor blk.0.attn_q.bias"))
    // Factors of zero would make every angle infinite.
    #expect(
      message(Changed(removed: ["x"], added: [("rope_freqs.weight", [4])]))
        .contains("rope_freqs.weight: a factor is not a positive number"))
    #expect(message(Changed(added: [("blk.0.attn_rot_embd.weight", [4])])) == "loaded")
  }

  @Test func defaultsAreLlamaCpps() throws {
    var metadata: [String: MetadataValue?] = [:]
    for key in ["rope.freq_base", "rope.dimension_count", "attention.head_count_kv"] {
      metadata["llama." + key] = .some(nil)
    }
    let config = try Changed(metadata: metadata).load().config
    #expect(config.ropeBase == 10_000 && config.rotaryDim == 8 && config.keyValueHeads == 4)
    #expect(config.slidingWindow == nil && config.originalContext == 64 && config.ropeScale == 1)
    let stretched = try Changed(metadata: ["llama.rope.scaling.factor": .float32(4)]).load()
    #expect(stretched.config.ropeScale == 0.25)
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
    let tied = try Changed(removed: ["output.weight"]).load()
    let logits = try [tied, twice].map { model in
      let session = try LlamaSession(model: model, contextTokenCount: 8)
      try session.evaluate([1, 5, 9])
      return session.allLogits
    }
    #expect(logits[0] == logits[1])
  }

  @Test func slidingWindowIsANamedChoice() throws {
    func model(_ window: LoadOptions.SlidingWindow) throws -> LlamaModel {
      try Changed(name: "mistral").load(LoadOptions(slidingWindow: window))
    }
    #expect(try model(.asFile).slidingWindow == 4)
    #expect(try model(.full).slidingWindow == nil)
    #expect(try model(.tokens(3)).slidingWindow == 3)
    let zero = Changed(metadata: ["llama.attention.sliding_window": .uint32(0)])
    #expect(try zero.load().slidingWindow == nil)
  }

  @Test func modelsThatDoNotFitInMemoryAreRefusedBeforeLoading() throws {
    let text = message(
      Changed(), LoadOptions(contextTokenCount: 1_000_000, availableByteCount: 10_000_000))
    #expect(
      text.contains("does not fit in memory") && text.contains("10000000 are available")
        && text.contains("keys and values for 1000000 tokens") && text.contains("-c"), "\(text)")
    #expect(message(Changed(), LoadOptions(availableByteCount: 1 << 30)) == "loaded")
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
