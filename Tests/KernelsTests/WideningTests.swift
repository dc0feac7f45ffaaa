import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The kernels that widen packed weights, against their twins, which BlockFormatTests hold against
/// gguf-py.
@Suite struct WideningTests {
  static let types = WeightType.allCases.filter {
    $0.blockElementCount > 1 && $0.quantized == nil
  }

  /// Every count of blocks to five, targets off a register's boundary, and NaN around them.
  @Test(arguments: vectorInstructionSets, types) func blocksEqualTwin(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    for blockCount in 0...5 {
      let bytes = weightBytes(
        type, count: blockCount * type.blockElementCount, seed: UInt64(blockCount))
      for misalignment in [0, 1] {
        try expectTwin(bytes, type, instructionSet, misalignment: misalignment)
      }
    }
  }

  /// Every pair of the scales that arithmetic treats apart, in blocks of random quants: both zeros,
  /// subnormal and largest numbers, infinities and NaN.
  @Test(arguments: vectorInstructionSets, types) func extremeScalesEqualTwin(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let scales: [Float16] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, 0.3331,
      -1, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan,
    ]
    let blockCount = scales.count * scales.count
    var bytes = weightBytes(type, count: blockCount * type.blockElementCount, seed: 21)
    for block in 0..<blockCount {
      let pair = [scales[block / scales.count], scales[block % scales.count]]
      for (scale, offset) in zip(pair, type.format.scaleOffsets) {
        bytes.replaceSubrange(
          (block * type.blockByteCount + offset)..<(block * type.blockByteCount + offset + 2),
          with: fileBytes([scale]))
      }
    }
    try expectTwin(bytes, type, instructionSet)
  }

  /// A block with one bit turned over, for each of its bits: no bit of a quant or an inner scale is
  /// lost.
  @Test(arguments: vectorInstructionSets, types) func everyBitEqualsTwin(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let block = weightBytes(type, count: type.blockElementCount, seed: 8)
    var bytes: [UInt8] = []
    for index in block.indices {
      for bit in 0..<8 {
        var changed = block
        changed[index] ^= 1 << bit
        bytes += changed
      }
    }
    try expectTwin(bytes, type, instructionSet)
  }

  /// Every bfloat16, and every count around two registers.
  @Test(arguments: vectorInstructionSets) func bfloat16EqualsTwin(
    instructionSet: InstructionSet
  ) throws {
    try expectTwin(fileBytes(Array(UInt16.min...UInt16.max)), .bf16, instructionSet)
    for count in 0...33 {
      let bytes = weightBytes(.bf16, count: count, seed: UInt64(count))
      for misalignment in [0, 1] {
        try expectTwin(bytes, .bf16, instructionSet, misalignment: misalignment)
      }
    }
  }

  /// Widens from an odd address into guarded memory, and compares bits; a NaN need only be one.
  private func expectTwin(
    _ bytes: [UInt8], _ type: WeightType, _ instructionSet: InstructionSet, misalignment: Int = 0
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let widenedType = try #require(type.widened)
    let expected = widened(bytes, type: type)
    let target = GuardedFloats(count: expected.count, misalignment: misalignment)
    ([0] + bytes).withUnsafeBytes { memory in
      guard let start = memory.baseAddress else { return }
      kernels.widen(
        widenedType, start + 1, blockCount: expected.count / type.blockElementCount,
        into: target.start)
    }
    let values = target.values
    let first = values.indices.first {
      values[$0].bitPattern != expected[$0].bitPattern
        && !(values[$0].isNaN && expected[$0].isNaN)
    }
    #expect(
      first == nil,
      """
      \(type.rawValue): block \((first ?? 0) / type.blockElementCount), \
      element \((first ?? 0) % type.blockElementCount)
      """)
    #expect(target.isIntact, "\(type.rawValue) writes beyond \(expected.count)")
  }
}
