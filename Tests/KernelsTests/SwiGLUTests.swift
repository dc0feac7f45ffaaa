import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// swiGLU against its scalar twin.
@Suite struct SwiGLUTests {
  private static let widths = Array(1...33) + [48, 64, 385, 4_096]

  private func kernels(_ instructionSet: InstructionSet) throws -> any KernelSet {
    try #require(instructionSet.packedKernels)
  }

  @Test(arguments: vectorInstructionSets) func swiGLUWithinBound(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try kernels(instructionSet)
    let extremes: [Float] = [
      0, -0.0, 1e-30, -1e-30, 20, -20, 86.9, -86.9, 87.5, -87.5, 200, -200, 3e38, -3e38,
    ]
    for width in Self.widths {
      let rows = 2
      let values = (0..<(rows * 2 * width)).map { index in
        index % 3 == 0 && width > 20
          ? extremes[index / 3 % extremes.count]
          : samples(1, seed: UInt64(index + 77 * width), scale: 8)[0]
      }
      let x = GuardedFloats(values, misalignment: width % 4)
      let y = GuardedFloats(count: rows * width, misalignment: width % 3)
      kernels.swiGLU(SwiGLURows(x: x.start, y: y.start, rows: rows, width: width))
      #expect(y.isIntact)
      for row in 0..<rows {
        let source = Array(values[(row * 2 * width)..<((row + 1) * 2 * width)])
        for index in 0..<width {
          let gate = Double(source[index])
          let up = Double(source[width + index])
          let silu = gate / (1 + exp(-gate))
          let result = Double(y.values[row * width + index])
          if !Float(silu * up).isFinite { continue }
          let bound = 0x1p-21 * abs(silu * up) + 1e-35 * abs(up) + 1e-38
          #expect(abs(result - silu * up) <= bound, "silu(\(gate)) \(up)")
        }
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func swiGLUKeepsNaN(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try kernels(instructionSet)
    let x = GuardedFloats([1, .nan, 2, 1, 1, .nan])
    let y = GuardedFloats(count: 3)
    kernels.swiGLU(SwiGLURows(x: x.start, y: y.start, rows: 1, width: 3))
    #expect(y.values[0].isFinite && y.values[1].isNaN && y.values[2].isNaN)
  }
}
