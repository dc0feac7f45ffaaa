import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// rmsNorm against its scalar twin.
@Suite struct RMSNormTests {
  private static let widths = Array(1...33) + [48, 64, 385, 4_096]

  private func kernels(_ instructionSet: InstructionSet) throws -> any KernelSet {
    try #require(instructionSet.packedKernels)
  }

  /// The bound of the kernel's docstring, and the rounding of the twin.
  @Test(arguments: vectorInstructionSets) func rmsNormWithinBound(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try kernels(instructionSet)
    for width in Self.widths {
      for (scale, epsilon) in [(Float(1), Float(1e-5)), (1e-3, 1e-6), (300, 1e-5), (0, 1e-5)] {
        for misalignment in [0, 1, 3] {
          let rows = 2
          let x = GuardedFloats(
            samples(rows * width, seed: UInt64(width), scale: scale), misalignment: misalignment)
          let weight = GuardedFloats(samples(width, seed: 3, scale: 2), misalignment: misalignment)
          let y = GuardedFloats(count: rows * width, misalignment: misalignment)
          kernels.rmsNorm(
            RMSNormRows(
              x: x.start, y: y.start, rows: rows, width: width, weight: weight.start,
              epsilon: epsilon))
          #expect(y.isIntact && x.isIntact)
          for row in 0..<rows {
            let source = Array(x.values[(row * width)..<((row + 1) * width)])
            var expected = [Float](repeating: 0, count: width)
            var span = expected.mutableSpan
            KernelsReference.rmsNorm(
              source.span, weight: weight.values.span, epsilon: epsilon, into: &span)
            let lanes = instructionSet >= .avx512 ? 16 : 8
            let bound = Float(width / (4 * lanes) + 10) * 0x1p-24
            for index in 0..<width {
              let result = y.values[row * width + index]
              let wanted = expected[index]
              #expect(abs(result - wanted) <= bound * abs(wanted), "width \(width) at \(index)")
            }
          }
        }
      }
    }
  }

  /// A post-norm: the same bits, added to what was there.
  @Test(arguments: vectorInstructionSets) func theResultIsAddedToAResidual(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try kernels(instructionSet)
    for width in Self.widths {
      let rows = 2
      let x = GuardedFloats(samples(rows * width, seed: UInt64(width)), misalignment: width % 4)
      let weight = GuardedFloats(samples(width, seed: 3))
      let residual = samples(rows * width, seed: 5)
      let sum = GuardedFloats(residual, misalignment: width % 3)
      let alone = GuardedFloats(count: rows * width)
      for (y, addsToY) in [(alone, false), (sum, true)] {
        kernels.rmsNorm(
          RMSNormRows(
            x: x.start, y: y.start, rows: rows, width: width, weight: weight.start, epsilon: 1e-6,
            addsToY: addsToY))
        #expect(y.isIntact)
      }
      let wanted = zip(residual, alone.values).map { $0 + $1 }
      #expect(sum.values == wanted, "width \(width)")
    }
  }
}
