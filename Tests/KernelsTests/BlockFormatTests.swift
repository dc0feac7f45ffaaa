import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Dequantisation of every type against gguf-py, and the blocks that a loader refuses.
@Suite struct BlockFormatTests {
  /// Random bytes, all zeros, all ones, infinite and NaN scales, and what ggml's quantiser writes.
  @Test(arguments: WeightType.allCases) func dequantizesAsGGUFPy(type: WeightType) throws {
    let bytes = try BlockFixtures.bytes("\(type.rawValue).bin")
    let expected = try BlockFixtures.floats("\(type.rawValue).f32")
    #expect(bytes.count / type.blockByteCount * type.blockElementCount == expected.count)
    #expect(expected.contains { $0.isFinite && $0 != 0 })
    let values = widened(bytes, type: type)
    let first = values.indices.first { index in
      values[index].bitPattern != expected[index].bitPattern
        && !(values[index].isNaN && expected[index].isNaN)
    }
    #expect(
      first == nil,
      "\(type.rawValue): block \((first ?? 0) / type.blockElementCount), element \(first ?? 0)")
  }

  /// The scales of a superblock survive packing, whatever they are.
  @Test func sixBitScalesArePackedAndRead() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let scales = (0..<8).map { _ in Int32.random(in: 0...63, using: &generator) }
      let mins = (0..<8).map { _ in Int32.random(in: 0...63, using: &generator) }
      let words = SixBitScales(scale: { scales[$0] }, min: { mins[$0] }).words
      let bytes = fileBytes([words.0, words.1, words.2])
      let read = SixBitScales(bytes.span.bytes, at: 0)
      for index in 0..<8 {
        #expect(read.scale(index) == scales[index])
        #expect(read.min(index) == mins[index])
      }
    }
  }

  /// Every scale of every type: infinite and NaN ones are refused, with the first block's place.
  @Test(arguments: WeightType.allCases.filter { $0.blockElementCount > 1 })
  func scalesThatAreNotFiniteAreRefused(type: WeightType) throws {
    let (rows, columns) = (5, 512)
    let sound = weightBytes(type, count: rows * columns, seed: 4)
    #expect(weightError(type: type, outputs: rows, inputs: columns, bytes: sound) == nil)
    let blocksPerRow = columns / type.blockElementCount
    for offset in type.format.scaleOffsets {
      for bits: UInt16 in [0x7c00, 0xfc00, 0x7e00, 0xfd01] {
        var bytes = sound
        for block in [3 * blocksPerRow + 1, 4 * blocksPerRow] {
          bytes[block * type.blockByteCount + offset] = UInt8(truncatingIfNeeded: bits)
          bytes[block * type.blockByteCount + offset + 1] = UInt8(bits >> 8)
        }
        #expect(
          weightError(type: type, outputs: rows, inputs: columns, bytes: bytes)
            == .scaleNotFinite(type: type, row: 3, block: 1))
      }
    }
  }

  /// Rows that are not whole blocks, and byte counts that do not fit, are refused for every type.
  @Test(arguments: WeightType.allCases) func wrongSizesAreRefused(type: WeightType) {
    let bytes = weightBytes(type, count: 512, seed: 1)
    #expect(weightError(type: type, outputs: 2, inputs: 256, bytes: bytes) == nil)
    #expect(
      weightError(type: type, outputs: 2, inputs: 256, bytes: bytes.dropLast())
        == .byteCount(
          type: type, rows: 2, columns: 256, needed: bytes.count, available: bytes.count - 1))
    if type.blockElementCount > 1 {
      #expect(
        weightError(type: type, outputs: 1, inputs: 255, bytes: bytes)
          == .partialBlock(type: type, columns: 255))
    }
  }
}
