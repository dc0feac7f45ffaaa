import Bytes
import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Language models from GGUF to GGUF; what llama.cpp makes of them: Tests/Reference/check_converter.py.
@Suite struct LanguageModelConverterTests {
  /// The smallest Llama with rows of whole superblocks.
  private static let config = LlamaConfig(
    architecture: .llama, layers: 2, embed: 256, heads: 4, keyValueHeads: 1, ffn: 256, vocab: 3,
    context: 16, epsilon: 1e-5)

  /// A complete GGUF file of ``config``, and a tensor of old files that loading ignores.
  ///
  /// `extra` is one entry more, or replaces the usual one; `type` is that of the matrices, `.q80` as
  /// blocks of zeros; `query` has the numbers of `blk.0.attn_q.weight`, 256 rows of 256.
  private func file(
    architecture: String = "llama", layers: UInt32 = 2, extra: (String, MetadataValue)? = nil,
    type: TensorType = .f32, query: [Float]? = nil
  ) throws -> Checkpoint {
    let config = Self.config
    var writer = try GGUFWriter()
    try writer.setMetadata("general.architecture", .string(architecture))
    try writer.setMetadata("general.file_type", .uint32(0))
    let counts: [(String, Int)] = [
      ("block_count", Int(layers)), ("embedding_length", config.embed),
      ("attention.head_count", config.heads), ("attention.head_count_kv", config.keyValueHeads),
      ("feed_forward_length", config.ffn), ("context_length", config.context),
    ]
    for (key, value) in counts where extra?.0 != "\(architecture).\(key)" {
      try writer.setMetadata("\(architecture).\(key)", .uint32(UInt32(value)))
    }
    try writer.setMetadata(
      "\(architecture).attention.layer_norm_rms_epsilon", .float32(config.epsilon))
    try writer.setMetadata("tokenizer.ggml.tokens", .array(.uint8([1, 2, 3])))
    if let extra { try writer.setMetadata(extra.0, extra.1) }
    for spec in LlamaTensors(config: config).all where spec.role != .ropeFactors {
      let count = spec.shape.reduce(1, *)
      var values = (0..<count).map { sin(Float($0) * 0.7) / 8 }
      if let query, spec.role == .attentionQuery, spec.layer == 0 { values = query }
      let isMatrix = spec.role.kind == .matrix
      let bytes: [UInt8] =
        switch isMatrix ? type : .f16 {
        case .f16: values.map { Float16($0) }.withUnsafeBytes { Array($0) }
        case .q80: [UInt8](repeating: 0, count: count / 32 * 34)
        default: values.withUnsafeBytes { Array($0) }
        }
      try writer.addTensor(
        name: spec.name(.gguf), type: isMatrix ? type : .f16, shape: spec.shape,
        source: .bytes(bytes))
    }
    try writer.addTensor(
      name: "blk.0.attn_rot_embd.weight", type: .f32, shape: [2],
      source: .bytes(Array(0..<8)))
    let path = try Assets.temporaryDirectory().appending(path: "in.gguf").path()
    try writer.write(to: path)
    return try Checkpoint.open(path: path)
  }

  private func convert(
    _ checkpoint: Checkpoint, _ recipe: ConversionRecipe, threadCount: Int = 2
  ) throws -> Checkpoint {
    let path = try Assets.temporaryDirectory().appending(path: "out.gguf").path()
    try LanguageModelConverter(gguf: checkpoint).write(
      to: path, recipe: recipe, pool: WorkerPool(threadCount: threadCount))
    return try Checkpoint.open(path: path)
  }

  @Test func typesValuesAndMetadata() throws {
    let original = try file(type: .f16)
    let converted = try convert(original, .q4KM)
    #expect(converted.tensors.map(\.name) == original.tensors.map(\.name))
    func type(_ name: String) -> TensorType? { converted.tensor(named: name)?.type }
    #expect(type("blk.0.attn_q.weight") == .q4K && type("blk.1.ffn_down.weight") == .q6K)
    #expect(type("output.weight") == .q6K && type("token_embd.weight") == .q4K)
    #expect(type("output_norm.weight") == .f32)
    let ignored = try converted.requiredTensor("blk.0.attn_rot_embd.weight")
    #expect(Array(converted.bytes(of: ignored)) == Array(0..<8))
    #expect(converted.tensors.map(\.shape) == original.tensors.map(\.shape))
    #expect(try converted.metadata.integer("general.file_type") == 15)
    #expect(try converted.metadata.integer("general.quantization_version") == 2)
    #expect(
      converted.metadata.entries.map(\.key)
        == original.metadata.entries.map(\.key) + ["general.quantization_version"])
    #expect(
      converted.metadata["tokenizer.ggml.tokens"] == original.metadata["tokenizer.ggml.tokens"])
    for (name, bound) in [
      ("blk.0.attn_q.weight", Float(0.01)), ("blk.1.ffn_down.weight", 0.003),
      ("output_norm.weight", 0),
    ] {
      let before = TensorRows(try original.requiredTensor(name), of: original)
      let after = TensorRows(try converted.requiredTensor(name), of: converted)
      for row in 0..<before.rowCount {
        let errors = zip(before.row(row), after.row(row)).map { abs($0 - $1) }
        #expect(errors.allSatisfy { $0 <= bound }, "tensor \(name), row \(row)")
        #expect(bound == 0 || errors.contains { $0 > 0 })
      }
    }
  }

  @Test(arguments: ConversionRecipe.allCases) func threadsDoNotMatter(
    recipe: ConversionRecipe
  ) throws {
    let original = try file()
    let files = try [1, 3].map { count in
      try Data(
        contentsOf: URL(
          filePath: convert(original, recipe, threadCount: count).path))
    }
    #expect(files[0] == files[1])
  }

  @Test func aSplitModelBecomesOneFile() throws {
    let whole = try file()
    let folder = try Assets.temporaryDirectory()
    let path = { (number: Int) in folder.appending(path: "m-0000\(number)-of-00002.gguf").path() }
    for number in [1, 2] {
      var writer = try GGUFWriter()
      for entry in whole.metadata.entries where number == 1 {
        try writer.setMetadata(entry.key, entry.value)
      }
      try writer.setMetadata("split.no", .uint16(UInt16(number - 1)))
      try writer.setMetadata("split.count", .uint16(2))
      try writer.setMetadata("split.tensors.count", .int32(Int32(whole.tensors.count)))
      let middle = whole.tensors.count / 2
      for tensor in number == 1 ? whole.tensors[..<middle] : whole.tensors[middle...] {
        try writer.addTensor(
          name: tensor.name, type: tensor.type, shape: tensor.shape,
          source: whole.source(of: tensor))
      }
      try writer.write(to: path(number))
    }
    let joined = try convert(Checkpoint.open(path: path(2)), .q4KM)
    let expected = try convert(whole, .q4KM)
    #expect(joined.files.count == 1)
    #expect(try joined.files[0].file.copyBytes() == expected.files[0].file.copyBytes())
  }

  @Test func whatIsNotConvertedSaysWhy() throws {
    func failure(_ checkpoint: Checkpoint) -> String {
      do {
        _ = try convert(checkpoint, .q4KM)
        return "converted"
      } catch { return "\(error)" }
    }
    #expect(failure(try file(architecture: "mamba")).contains("general.architecture is mamba"))
    #expect(failure(try file(layers: 1 << 20)).contains("block_count: 1048576 is not between"))
    #expect(
      failure(try file(extra: ("llama.expert_count", .uint32(8)))).contains("expert_count is 8"))
    #expect(
      failure(try file(extra: ("llama.attention.head_count_kv", .uint32(2))))
        .contains("attn_k.weight has shape [64, 256]"))
    #expect(failure(try file(type: .q80)).contains("type of tensor token_embd.weight is Q8_0"))
    var values = [Float](repeating: 0.25, count: 256 * 256)
    values[5 * 256 + 3] = .nan
    let message = failure(try file(query: values))
    #expect(message.contains("blk.0.attn_q.weight") && message.contains("row 5"), "\(message)")
  }
}
