import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The operations of a decoder on every backend.
@Suite struct DecoderOperationsTests {
  /// The public operations agree with the twins on every path, and with themselves on any thread
  /// count.
  @Test func operationsAgreeOnEveryPath() {
    let (rows, width) = (70, 96)
    let x = matrix(samples(rows * 2 * width, seed: 1), columns: 2 * width)
    let gain = WeightVector(samples(2 * width, seed: 2))
    var results: [[Float]] = []
    for path in [KernelBackend.reference, .simd] {
      for threadCount in [1, 2] {
        let compute = ComputeContext(path: path, threadCount: threadCount)
        var normed = Matrix(rows: rows, columns: 2 * width)
        compute.rmsNorm(x, weight: gain, epsilon: 1e-5, into: &normed)
        var table = RopeTable(
          frequencies: RopeFrequencies(rotaryDim: 16, base: 10_000), style: .interleaved,
          capacity: rows)
        table.fill(firstPosition: 3, count: rows)
        compute.rope(&normed, table, heads: 5, headDim: 24)
        var gated = Matrix(rows: rows, columns: width)
        compute.glu(normed, activation: .silu, into: &gated)
        var other = Matrix(rows: rows, columns: width)
        compute.glu(normed, activation: .geluTanh, into: &other)
        compute.rmsNorm(
          gated, weight: WeightVector(samples(width, seed: 4)), epsilon: 1e-6, addingTo: &other)
        results.append(gated.array() + other.array())
      }
    }
    #expect(sameBits(results[0], results[1]) && sameBits(results[2], results[3]))
    for (result, wanted) in zip(results[2], results[0]) {
      #expect(abs(result - wanted) <= 2e-6)
    }
  }
}
