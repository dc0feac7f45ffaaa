import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Quantised weights that become `Q8_0` at load.
@Suite struct RoundedWeightTests {
  private static let types = WeightType.allCases.filter { $0.blockElementCount > 1 }
  private let inputs = 512
  private let outputs = 53

  private func rounded(
    _ types: [WeightType], _ compute: ComputeContext, change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> WeightMatrix {
    let bytes = types.map { type in
      var bytes = weightBytes(type, count: inputs * outputs, seed: 3)
      change(&bytes)
      return bytes
    }
    return try withBuffers(bytes) { buffers throws(KernelError) in
      try WeightMatrix(
        roundingToQ80: zip(types, buffers).map {
          WeightRows(type: $0, outputs: outputs, bytes: $1)
        },
        inputs: inputs, compute: compute)
    }
  }

  private func withBuffers<R>(
    _ arrays: [[UInt8]], _ body: ([UnsafeRawBufferPointer]) throws(KernelError) -> R
  ) throws(KernelError) -> R {
    let copies = arrays.map { array in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count, alignment: 1)
      copy.copyBytes(from: array)
      return copy
    }
    defer { copies.forEach { $0.deallocate() } }
    return try body(copies.map { UnsafeRawBufferPointer($0) })
  }

  /// The weights of a type in `Q8_0`, by the converter's encoder.
  private func encoded(_ type: WeightType) throws -> [UInt8] {
    let bytes = weightBytes(type, count: inputs * outputs, seed: 3)
    if type == .q80 { return bytes }
    var values = [Float](repeating: 0, count: inputs * outputs)
    bytes.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { widen(type: type, bytes: bytes, into: $0) }
    }
    var result = [UInt8](repeating: 0, count: inputs / 32 * 34 * outputs)
    let encoder = try #require(RowEncoder(.q80))
    let isEncoded = result.withUnsafeMutableBytes { target in
      values.withUnsafeBufferPointer { encoder.encode($0, into: target) }
    }
    #expect(isEncoded)
    return result
  }

  private func product(_ weights: WeightMatrix, _ compute: ComputeContext) -> [Float] {
    let x = matrix(samples(7 * inputs, seed: 4), columns: inputs)
    var y = Matrix(rows: 7, columns: weights.outputs)
    compute.linear(x, WeightStack(weights), into: &y)
    return y.array()
  }

  /// The product is that of the same numbers in a file of `Q8_0`, bit for bit, also of the scalar
  /// twin's kernels.
  @Test(arguments: vectorInstructionSets, Self.types) func productsAreThoseOfQ80(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    for compute in [
      ComputeContext(threadCount: 2, instructionSet: instructionSet),
      ComputeContext(path: .reference, threadCount: 2),
    ] {
      let matrix = try rounded([type, .q80], compute)
      #expect(matrix.type == .q80 && matrix.outputs == 2 * outputs)
      let expected = try withBuffers([try encoded(type) + encoded(.q80)]) {
        bytes throws(KernelError) in
        try WeightMatrix(
          type: .q80, outputs: 2 * outputs, inputs: inputs, bytes: bytes[0], compute: compute)
      }
      #expect(sameBits(product(matrix, compute), product(expected, compute)), "\(type)")
    }
  }

  /// A scale that is not finite is named, and so is one that only `Q8_0` cannot hold.
  @Test func scalesThatCannotBe() throws {
    let compute = ComputeContext(threadCount: 2)
    #expect(throws: KernelError.scaleNotFinite(type: .q50, row: 1, block: 2)) {
      try rounded([.q50], compute) { bytes in
        setScale(&bytes, at: (inputs / 32 + 2) * 22, .infinity)
      }
    }
    #expect(throws: KernelError.scaleNotFinite(type: .q4K, row: 1, block: 1)) {
      try rounded([.q4K], compute) { bytes in
        // The largest scale times the largest of six and of four bits.
        let start = (inputs / 256 + 1) * 144
        for index in 0..<144 { bytes[start + index] = index < 4 ? 0 : 0xff }
        setScale(&bytes, at: start, .greatestFiniteMagnitude)
      }
    }
  }

  private func setScale(_ bytes: inout [UInt8], at start: Int, _ scale: Float16) {
    let bits = scale.bitPattern
    (bytes[start], bytes[start + 1]) = (UInt8(bits & 0xff), UInt8(bits >> 8))
  }
}
