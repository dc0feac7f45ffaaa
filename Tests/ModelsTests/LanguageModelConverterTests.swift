import Bytes
import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Language models from GGUF to GGUF; what llama.cpp makes of them: Tests/Reference/check_converter.py.
@Suite struct LanguageModelConverterTests {
  /// A GGUF file with two matrices, a vector and a table of integers.
  private func file(
    architecture: String = "llama", layers: UInt32 = 2, extra: (String, MetadataValue)? = nil,
    type: TensorType = .f32, matrix: [Float]? = nil
  ) throws -> Checkpoint {
    var writer = try GGUFWriter()
    try writer.setMetadata("general.architecture", .string(architecture))
    try writer.setMetadata("general.file_type", .uint32(0))
    try writer.setMetadata("\(architecture).block_count", .uint32(layers))
    try writer.setMetadata("tokenizer.ggml.tokens", .array(.uint8([1, 2, 3])))
    if let extra { try writer.setMetadata(extra.0, extra.1) }
    let values = matrix ?? (0..<(6 * 512)).map { sin(Float($0) * 0.7) / 8 }
    let bytes: [UInt8] =
      switch type {
      case .f16: values.map { Float16($0) }.withUnsafeBytes { Array($0) }
      case .q80: [UInt8](repeating: 0, count: values.count / 32 * 34)
      default: values.withUnsafeBytes { Array($0) }
      }
    for name in ["blk.0.attn_q.weight", "blk.1.ffn_down.weight"] {
      try writer.addTensor(name: name, type: type, shape: [6, 512], source: .bytes(bytes))
    }
    try writer.addTensor(
      name: "output_norm.weight", type: .f16, shape: [4],
      source: .bytes([Float16](repeating: 1.5, count: 4).withUnsafeBytes { Array($0) }))
    try writer.addTensor(
      name: "table.weight", type: .i32, shape: [2, 1], source: .bytes(Array(0..<8)))
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
    #expect(converted.tensors.map(\.type) == [.q4K, .q6K, .f32, .i32])
    #expect(converted.tensors.map(\.shape) == original.tensors.map(\.shape))
    #expect(try converted.metadata.integer("general.file_type") == 15)
    #expect(try converted.metadata.integer("general.quantization_version") == 2)
    #expect(
      converted.metadata.entries.map(\.key)
        == original.metadata.entries.map(\.key) + ["general.quantization_version"])
    #expect(
      converted.metadata["tokenizer.ggml.tokens"] == original.metadata["tokenizer.ggml.tokens"])
    for (index, bound) in [(0, Float(0.01)), (1, 0.003), (2, 0)] {
      let before = TensorRows(original.tensors[index], of: original)
      let after = TensorRows(converted.tensors[index], of: converted)
      for row in 0..<before.rowCount {
        let errors = zip(before.row(row), after.row(row)).map { abs($0 - $1) }
        #expect(errors.allSatisfy { $0 <= bound }, "tensor \(index), row \(row)")
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
      try writer.setMetadata("split.tensors.count", .int32(4))
      for tensor in whole.tensors[(number == 1 ? 0 : 2)..<(number == 1 ? 2 : 4)] {
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
    #expect(failure(try file(layers: 1 << 20)).contains("llama.block_count is 1048576"))
    #expect(
      failure(try file(extra: ("llama.expert_count", .uint32(8)))).contains("expert_count is 8"))
    #expect(failure(try file(type: .q80)).contains("type of tensor blk.0.attn_q.weight is Q8_0"))
    var values = [Float](repeating: 0.25, count: 6 * 512)
    values[5 * 512 + 3] = .nan
    let message = failure(try file(matrix: values))
    #expect(message.contains("blk.0.attn_q.weight") && message.contains("row 5"), "\(message)")
  }
}
