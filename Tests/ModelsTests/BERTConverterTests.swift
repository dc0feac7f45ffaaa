import Bytes
import Checkpoints
import Foundation
import Kernels
import Testing
import Tokenizers

@testable import Models

@Suite struct BERTConverterTests {
  /// Rows with the bytes that gguf-py makes of them.
  private struct Quantized: Decodable {
    struct Row: Decodable {
      var bits: [UInt32]
      var f16: [UInt8]
      var q80: [UInt8]

      enum CodingKeys: String, CodingKey {
        case bits
        case f16
        case q80 = "q8_0"
      }
    }
    var rows: [Row]
  }

  @Test func encodingsEqualGGUFPy() throws {
    let data = try Data(contentsOf: Assets.fixtures.appending(path: "quantized.json"))
    let rows = try JSONDecoder().decode(Quantized.self, from: data).rows
    #expect(rows.count == 8)
    for row in rows {
      let numbers = row.bits.map { Float(bitPattern: $0) }
      #expect(encoded(numbers, .f16) == row.f16)
      #expect(encoded(numbers, .q80) == row.q80)
    }
  }

  @Test func numbersThatDoNotFitAreRefused() {
    let row = [Float](repeating: 1, count: 31)
    #expect(encoded(row + [.infinity], .f32) == nil)
    #expect(encoded(row + [70_000], .f16) == nil)
    #expect(encoded(row + [.nan], .q80) == nil)
    #expect(encoded(row + [1e9], .q80) == nil)
    #expect(encoded(row + [1e6], .q80) != nil)
  }

  /// The bytes of a row, or nil when a number does not fit.
  private func encoded(_ row: [Float], _ type: WeightType) -> [UInt8]? {
    guard let encoder = RowEncoder(type), let count = type.rowByteCount(row.count) else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: count)
    let fits = row.withUnsafeBufferPointer { row in
      bytes.withUnsafeMutableBytes { encoder.encode(row, into: $0) }
    }
    return fits ? bytes : nil
  }

  private func tinyDirectory() -> String { Assets.fixtures.appending(path: "tiny").path() }

  private func convert(_ recipe: ConversionRecipe) throws -> String {
    let converter = try BERTConverter(directory: tinyDirectory())
    let tokenizer = try WordPieceTokenizer.load(directory: tinyDirectory())
    let path = try Assets.temporaryDirectory().appending(path: "tiny.gguf").path()
    try converter.write(to: path, recipe: recipe, vocabulary: tokenizer.ggufMetadata)
    return path
  }

  @Test func f32FileComputesTheSameBits() throws {
    let path = try convert(.f32)
    let compute = ComputeContext(path: .reference, threadCount: 1)
    let original = TextEmbedder(try BERTModel(directory: tinyDirectory(), compute: compute))
    let converted = TextEmbedder(
      try BERTModel(gguf: Checkpoint.open(path: path), compute: compute))
    #expect(converted.model.config == original.model.config)
    let sequences = try TinyGoldens.load().sequences
    #expect(
      try converted.embed(tokenIDs: sequences) == original.embed(tokenIDs: sequences))
  }

  @Test func tensorsAndTypesAreLlamaCpps() throws {
    let checkpoint = try Checkpoint.open(path: convert(.q80))
    let names = Set(checkpoint.tensors.map(\.name))
    #expect(names.count == 5 + 2 * 16)
    #expect(names.isSuperset(of: ["token_embd.weight", "blk.1.layer_output_norm.bias"]))
    for tensor in checkpoint.tensors {
      let isMatrix =
        tensor.name == "token_embd.weight"
        || tensor.name.hasPrefix("blk.") && tensor.shape.count == 2
      #expect(tensor.type == (isMatrix ? .q80 : .f32), "\(tensor.name)")
    }
    #expect(try checkpoint.metadata.integer("general.file_type") == 7)
    #expect(try checkpoint.metadata.integer("swiftrag.maximum_token_count") == 20)
    #expect(try checkpoint.metadata.string("general.name") == "tiny")
  }

  @Test func convertingTwiceGivesTheSameBytes() throws {
    let first = try Data(contentsOf: URL(filePath: convert(.q80)))
    let second = try Data(contentsOf: URL(filePath: convert(.q80)))
    #expect(first == second)
  }

  /// GGUF to GGUF: F32 to Q8_0 is the same as from the directory.
  @Test func ggufIsConvertedToo() throws {
    let converter = try BERTConverter(gguf: Checkpoint.open(path: convert(.f32)))
    let checkpoint = try Checkpoint.open(path: convert(.f32))
    let tokenizer = try WordPieceTokenizer(
      ggufMetadata: checkpoint.metadata, source: checkpoint.path)
    let path = try Assets.temporaryDirectory().appending(path: "again.gguf").path()
    try converter.write(to: path, recipe: .q80, vocabulary: tokenizer.ggufMetadata)
    #expect(
      try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: convert(.q80))))
  }
}
