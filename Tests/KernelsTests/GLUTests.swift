import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The gated activation against its scalar twin.
@Suite struct GLUTests {
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
      kernels.glu(
        GLURows(x: x.start, y: y.start, rows: rows, width: width, activation: .silu))
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

  /// The bits are those of the activation function alone, times the second half of the row.
  @Test(arguments: vectorInstructionSets, ActivationFunction.allCases)
  func everyFunctionIsThatOfALinearLayer(
    instructionSet: InstructionSet, activation: ActivationFunction
  ) throws {
    let kernels = try kernels(instructionSet)
    for width in Self.widths {
      let rows = 3
      let values = samples(rows * 2 * width, seed: UInt64(width), scale: 4)
      let x = GuardedFloats(values, misalignment: width % 4)
      let y = GuardedFloats(count: rows * width, misalignment: width % 3)
      kernels.glu(
        GLURows(x: x.start, y: y.start, rows: rows, width: width, activation: activation))
      #expect(y.isIntact && x.isIntact)
      let alone = GuardedFloats(values)
      kernels.applyBiasAndActivation(
        alone.start, rows: rows, stride: 2 * width, width: width, bias: nil,
        activation: activation)
      for row in 0..<rows {
        for index in 0..<width {
          let wanted =
            alone.values[row * 2 * width + index] * values[row * 2 * width + width + index]
          #expect(y.values[row * width + index] == wanted, "width \(width) at \(index)")
        }
      }
    }
  }

  /// Against the published definition in Float64, of the twin.
  @Test func theTwinIsGeGLU() {
    let x: [Float] = [-3, -0.5, 0, 0.7, 2.5, 2, -3, 5, 0.25, -1.5]
    var y = [Float](repeating: 0, count: 5)
    var span = y.mutableSpan
    KernelsReference.glu(x.span, activation: .geluTanh, into: &span)
    for index in 0..<5 {
      let (gate, up) = (Double(x[index]), Double(x[index + 5]))
      let inner = (2 / Double.pi).squareRoot() * (gate + 0.044715 * gate * gate * gate)
      let wanted = 0.5 * gate * (1 + tanh(inner)) * up
      #expect(abs(Double(y[index]) - wanted) <= 0x1p-22 * abs(wanted))
    }
  }

  @Test(
    arguments: vectorInstructionSets, [ActivationFunction.silu, .geluTanh])
  func gatesKeepNaN(instructionSet: InstructionSet, activation: ActivationFunction) throws {
    let kernels = try kernels(instructionSet)
    let x = GuardedFloats([1, .nan, 2, 1, 1, .nan])
    let y = GuardedFloats(count: 3)
    kernels.glu(GLURows(x: x.start, y: y.start, rows: 1, width: 3, activation: activation))
    #expect(y.values[0].isFinite && y.values[1].isNaN && y.values[2].isNaN)
  }
}
