import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Activation functions against their scalar twins.
@Suite struct ActivationFunctionTests {
  /// `|error| ≤ 2⁻²² |x|`; the sigmoid's products lose a bit more near zero.
  private static func bound(_ activation: ActivationFunction, _ x: Float) -> Float {
    switch activation {
    case .none: 0
    case .gelu, .quickGELU, .geluTanh: 0x1p-22 * abs(x)
    case .silu: 0x1p-21 * abs(x)
    }
  }

  /// Over all widths and alignments, and values at which the kernels clamp.
  @Test(arguments: vectorInstructionSets, ActivationFunction.allCases) func withinBoundOfTwin(
    instructionSet: InstructionSet, activation: ActivationFunction
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let extremes: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude, 5.4999995, 5.5, 5.5000005, -5.5,
      -5.6, -9.8999, -9.9, -9.901, 40, -40, -50.999, -51, -52, -86.9, -87, -88, 3e38, -3e38,
    ]
    for width in 1...33 {
      for misalignment in [0, 1, 3] {
        let values = (0..<(2 * width)).map { index in
          index < extremes.count && width > 20
            ? extremes[index] : samples(1, seed: UInt64(index + 99 * width), scale: 6)[0]
        }
        let x = GuardedFloats(values, misalignment: misalignment)
        kernels.applyBiasAndActivation(
          x.start, rows: 2, stride: width, width: width, bias: nil, activation: activation)
        #expect(x.isIntact)
        for (value, result) in zip(values, x.values) {
          let expected = twin(activation, value)
          #expect(
            abs(result - expected) <= Self.bound(activation, value), "\(activation)(\(value))")
        }
      }
    }
  }

  /// A fine sweep of the interval where the functions bend.
  @Test(arguments: vectorInstructionSets, ActivationFunction.allCases) func sweep(
    instructionSet: InstructionSet, activation: ActivationFunction
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let values = (0..<80_000).map { Float($0 - 40_000) * 2.5e-4 }
    let x = GuardedFloats(values)
    kernels.applyBiasAndActivation(
      x.start, rows: 1, stride: values.count, width: values.count, bias: nil, activation: activation
    )
    var worst: Float = 0
    for (value, result) in zip(values, x.values) where value != 0 {
      worst = max(
        worst, abs(result - twin(activation, value)) - Self.bound(activation, value))
    }
    #expect(worst <= 0)
  }

  @Test(arguments: vectorInstructionSets, ActivationFunction.allCases) func keepsNaN(
    instructionSet: InstructionSet, activation: ActivationFunction
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let x = GuardedFloats([1, .nan, 2])
    kernels.applyBiasAndActivation(
      x.start, rows: 1, stride: 3, width: 3, bias: nil, activation: activation)
    #expect(x.values[1].isNaN && x.values[0].isFinite && x.values[2].isFinite)
  }

  /// The twins at values of the formulas with erf and tanh, as their papers write them.
  @Test func twinsFollowTheFormulas() {
    for (activation, x, wanted) in [
      (ActivationFunction.gelu, Float(1), Float(0.8413447460685429)),
      (.gelu, -2, -0.04550026389635842),
      (.geluTanh, 1, 0.8411919906082768), (.geluTanh, -2, -0.04540230591222494),
      (.quickGELU, 1, 0.8457957659328212),
      (.quickGELU, -2, -0.06434137685579186), (.silu, 1, 0.7310585786300049),
      (.silu, -2, -0.2384058440442351),
    ] {
      #expect(abs(twin(activation, x) - wanted) <= 6e-8, "\(activation)(\(x))")
    }
  }

  private func twin(_ activation: ActivationFunction, _ value: Float) -> Float {
    var one = [value]
    var span = one.mutableSpan
    apply(activation, to: &span)
    return one[0]
  }
}
