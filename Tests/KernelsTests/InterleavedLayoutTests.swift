import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The interleaved layout: where each byte of the file goes, and the quantisers' layout of
/// activations.
@Suite struct InterleavedLayoutTests {
  /// The layout is the drawn permutation: scales `[block, row]`, words `[block, word, row]`, then
  /// the rows that fill no panel.
  @Test(arguments: vectorInstructionSets, LinearQuantizedTests.types) func isThePermutation(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let format = try #require(type.quantized).format
    let (inputs, outputs) = (512, 37)
    let file = (0..<(inputs * outputs / type.blockElementCount * type.blockByteCount)).map {
      UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) & 0x3f
    }
    let weight = try file.withUnsafeBytes { bytes throws(KernelError) in
      try WeightMatrix(
        type: type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute,
        activations: .ggml)
    }
    let blocks = inputs / type.blockElementCount
    let rowByteCount = blocks * type.blockByteCount
    var expected: [UInt8] = []
    for panel in 0..<(outputs / 16) {
      let rows = (panel * 16)..<(panel * 16 + 16)
      if let half = format.halfOffset {
        for block in 0..<blocks {
          for row in rows {
            let start = row * rowByteCount + block * type.blockByteCount + half
            expected += file[start..<(start + 2)]
          }
        }
      }
      for block in 0..<blocks {
        for word in 0..<format.wordCount {
          for row in rows {
            let start =
              row * rowByteCount + block * type.blockByteCount + format.wordsOffset + word * 4
            expected += file[start..<(start + 4)]
          }
        }
      }
    }
    expected += file[expected.count...]
    #expect(weight.byteCount == file.count)
    let found = weight.withInterleavedBytes { Array($0) }
    #expect(found == expected)

    // What was saved is used in place, with the same results.
    let owner = Bytes(expected)
    let saved = try WeightMatrix(
      interleaved: type, outputs: outputs, inputs: inputs, bytes: owner.buffer, owner: owner,
      compute: compute)
    let x = matrix(samples(2 * inputs, seed: 1), columns: inputs)
    var y = Matrix(rows: 2, columns: outputs)
    var z = Matrix(rows: 2, columns: outputs)
    compute.linear(x, WeightStack(weight), bias: nil, into: &y)
    compute.linear(x, WeightStack(saved), bias: nil, into: &z)
    #expect(sameBits(y.array(), z.array()))
  }

  /// A scale that is not finite is refused wherever it is: in a panel, in one that two stacked
  /// parts share, and in the rows that fill none; its row counts from the start of its part.
  @Test(arguments: vectorInstructionSets, LinearQuantizedTests.types)
  func scalesThatAreNotFiniteAreRefused(instructionSet: InstructionSet, type: WeightType) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let (inputs, outputs) = (512, [20, 33])
    let blocks = inputs / type.blockElementCount
    let rowByteCount = blocks * type.blockByteCount
    func error(spoiling places: [(part: Int, row: Int)], at offset: Int) -> KernelError? {
      let memory = outputs.enumerated().map { part, rows in
        var bytes = [UInt8](repeating: 0x11, count: rows * rowByteCount)
        for place in places where place.part == part {
          let start = place.row * rowByteCount + (blocks - 1) * type.blockByteCount + offset
          bytes.replaceSubrange(start..<(start + 2), with: [0x00, 0x7c])
        }
        return Bytes(bytes)
      }
      defer { withExtendedLifetime(memory) {} }
      do throws(KernelError) {
        _ = try WeightMatrix(
          type: type, inputs: inputs, parts: zip(outputs, memory.map(\.buffer)).map { ($0, $1) },
          compute: compute, activations: .ggml)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(spoiling: [], at: 0) == nil)
    for offset in type.format.scaleOffsets {
      for (part, row) in [(0, 3), (0, 18), (1, 2), (1, 27), (1, 28), (1, 32)] {
        let expected = KernelError.scaleNotFinite(type: type, row: row, block: blocks - 1)
        #expect(error(spoiling: [(part, row)], at: offset) == expected)
        #expect(error(spoiling: [(part, row), (1, 32)], at: offset) == expected)
      }
    }
  }

  /// Rows of ordinary values, and blocks that have no finite or no usable scale.
  static let activations: [Float] = {
    var values = samples(256 * 6, seed: 11, scale: 5)
    values += [Float](repeating: 0, count: 256)
    values += (0..<256).map { $0 == 77 ? .infinity : Float($0) }
    values += (0..<256).map { $0 == 200 ? .nan : Float($0) }
    values += (0..<256).map { Float(bitPattern: UInt32($0 * 700)) }
    values += (0..<256).map { $0 % 2 == 0 ? 3 : -3 }
    values += (0..<256).map { $0 % 2 == 0 ? -3 : 3 }
    values += (0..<256).map { _ in 3e38 }
    values += (0..<256).map { Float($0 % 17) / 2 - 4 }
    return values
  }()

  @Test(arguments: vectorInstructionSets) func q8KEqualsTwin(instructionSet: InstructionSet) throws
  {
    let kernels = try #require(instructionSet.packedKernels)
    let x = Self.activations
    let twin = QuantizeQ8Tests.Q8K(x)
    let target = Bytes(count: kernels.activationsByteCount(rows: 1, inputs: x.count))
    kernels.quantizeQ8K(x, rows: 1, inputs: x.count, into: target.start, stride: 1)
    // A pair of sums is what a 32-bit word pairs: elements 0 2, 1 3 of each four.
    let order = [0, 2, 1, 3]
    for block in 0..<(x.count / 256) {
      let start = target.start + block * kernels.activationByteCount
      let quants = (0..<256).map {
        start.load(fromByteOffset: byteOffset(of: $0, instructionSet), as: Int8.self)
      }
      #expect(quants == Array(twin.quants[(block * 256)..<(block * 256 + 256)]))
      if instructionSet >= .avx512 { checkBounds(start, quants) }
      let scale = start.load(fromByteOffset: 304, as: Float.self)
      let expected = twin.scales[block]
      #expect(scale.bitPattern == expected.bitPattern || scale.isNaN && expected.isNaN)
      for index in 0..<16 {
        let sum = start.load(fromByteOffset: 256 + index * 2, as: Int16.self)
        #expect(sum == twin.sums[block * 16 + index / 4 * 4 + order[index % 4]])
      }
      for index in 0..<8 {
        let sum = start.load(fromByteOffset: 288 + index * 2, as: Int16.self)
        let first = block * 16 + (index / 4 * 4 + order[index % 4]) * 2
        #expect(sum == twin.sums[first] + twin.sums[first + 1])
      }
    }
  }

  /// The offset of a quant: with 512 bits the words of two blocks of 32 alternate.
  private func byteOffset(of element: Int, _ instructionSet: InstructionSet) -> Int {
    guard instructionSet >= .avx512 else { return element }
    let (block, word) = (element / 32, element % 32 / 4)
    return block / 2 * 64 + word * 8 + block % 2 * 4 + element % 4
  }

  /// Checks the initial sums of `Q6_K` in the 512-bit tile, and the bound that decides whether 16
  /// bits are enough.
  private func checkBounds(_ start: UnsafeMutableRawPointer, _ quants: [Int8]) {
    var (oneSided, magnitudes) = (0, 0)
    for block in 0..<16 {
      let sixteen = quants[(block * 16)..<(block * 16 + 16)].map { Int($0) }
      magnitudes = max(magnitudes, sixteen.reduce(0) { $0 + abs($1) })
      let index = block / 4 * 4 + [0, 2, 1, 3][block % 4]
      let begin = start.load(fromByteOffset: 320 + index * 4, as: Int32.self)
      #expect(Int(begin) == -32 * sixteen.reduce(0, +))
    }
    for block in 0..<8 {
      let positive = quants[(block * 32)..<(block * 32 + 32)].reduce(0) { $0 + max(0, Int($1)) }
      let negative = quants[(block * 32)..<(block * 32 + 32)].reduce(0) { $0 - min(0, Int($1)) }
      oneSided = max(oneSided, positive, negative)
    }
    #expect(Int(start.load(fromByteOffset: 308, as: Int16.self)) == oneSided)
    #expect(Int(start.load(fromByteOffset: 310, as: Int16.self)) == magnitudes)
  }

  @Test(arguments: vectorInstructionSets) func q80EqualsTwin(instructionSet: InstructionSet) throws
  {
    let kernels = try #require(instructionSet.packedKernels)
    for count in [Self.activations.count, 32, 160, 288] {
      let x = Array(Self.activations.suffix(count))
      let twin = QuantizeQ8Tests.Q80(x)
      let target = Bytes(count: kernels.activationsByteCount(rows: 1, inputs: x.count))
      kernels.quantizeSignedQ80(x, rows: 1, inputs: x.count, into: target.start, stride: 1)
      for block in 0..<(count / 32) {
        let start = target.start + block / 8 * kernels.activationByteCount
        let quants = (0..<32).map {
          start.load(fromByteOffset: block % 8 * 32 + $0, as: Int8.self)
        }
        #expect(quants == Array(twin.quants[(block * 32)..<(block * 32 + 32)]))
        let scale = start.load(fromByteOffset: 256 + block % 8 * 4, as: Float.self)
        let expected = Float(twin.scales[block])
        #expect(scale.bitPattern == expected.bitPattern || scale.isNaN && expected.isNaN)
        let correction = start.load(fromByteOffset: 288 + block % 8 * 4, as: Int32.self)
        #expect(correction == -128 * quants.reduce(0) { $0 + Int32($1) })
      }
    }
  }
}
