import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Bias, normalisation and pooling against their scalar twins.
@Suite struct ElementwiseTests {
  @Test(arguments: vectorInstructionSets) func biasIsAdded(instructionSet: InstructionSet) throws {
    let kernels = try #require(instructionSet.packedKernels)
    for width in 1...33 {
      let values = samples(3 * width, seed: 1)
      let bias = GuardedFloats(samples(width, seed: 2), misalignment: 1)
      let x = GuardedFloats(values)
      kernels.applyBiasAndActivation(
        x.start, rows: 3, stride: width, width: width, bias: bias.start, activation: .none)
      let shift = bias.values
      let expected = values.indices.map { values[$0] + shift[$0 % width] }
      #expect(sameBits(x.values, expected) && x.isIntact)
    }
  }

  /// LayerNorm within a bound from the width, the largest value and the deviation.
  @Test(arguments: vectorInstructionSets) func layerNormWithinBound(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    for width in Array(1...33) + [48, 384, 385] {
      for (offset, scale) in [(Float(0), Float(1)), (1000, 1), (0, 1e-4), (3, 0)] {
        for misalignment in [0, 1, 3] {
          let rows = 3
          let values = samples(rows * width, seed: UInt64(width), scale: scale).map { $0 + offset }
          let residual = samples(rows * width, seed: 77, scale: scale)
          let weight = GuardedFloats(samples(width, seed: 3), misalignment: misalignment)
          let bias = GuardedFloats(samples(width, seed: 4), misalignment: misalignment)
          let x = GuardedFloats(values, misalignment: misalignment)
          let added = GuardedFloats(residual, misalignment: misalignment)
          let y = GuardedFloats(count: rows * width, misalignment: misalignment)
          func layerNorm(residual: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>) {
            kernels.layerNorm(
              LayerNormRows(
                x: x.start, residual: residual, y: y, rows: rows, width: width,
                weight: weight.start, bias: bias.start, epsilon: 1e-6))
          }
          // Out of place x stays; in place the residual is added first.
          layerNorm(residual: nil, into: y.start)
          #expect(y.isIntact && x.isIntact && sameBits(x.values, values))
          check(y.values, of: values, width: width, weight: weight.values, bias: bias.values)
          layerNorm(residual: added.start, into: x.start)
          #expect(x.isIntact)
          let sums = zip(values, residual).map { $0 + $1 }
          check(x.values, of: sums, width: width, weight: weight.values, bias: bias.values)
        }
      }
    }
  }

  /// With u = 2⁻²⁴, n = width: the mean is off by at most (n + 1) u max|x|, so each deviation by
  /// that and u (|x| + |mean|); dividing by the deviation σ (which has n + 4 roundings in its
  /// square) keeps their ratio.
  private func check(
    _ result: [Float], of sums: [Float], width: Int, weight: [Float], bias: [Float]
  ) {
    var expected = sums
    var span = expected.mutableSpan
    KernelsReference.layerNorm(&span, weight: weight.span, bias: bias.span, epsilon: 1e-6)
    let unit = 0x1p-24
    for row in 0..<(sums.count / width) {
      let values = sums[(row * width)..<((row + 1) * width)].map { Double($0) }
      let mean = values.reduce(0, +) / Double(width)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      let deviation = (variance + 1e-6).squareRoot()
      let largest = values.map(abs).max() ?? 0
      let shiftError = Double(width + 4) * unit * largest / deviation
      for index in 0..<width {
        let normalised = abs(values[index] - mean) / deviation
        let ratioError = normalised * (Double(width + 8) * unit + shiftError * shiftError)
        let gain = abs(Double(weight[index]))
        let rounding = 3 * unit * (gain * normalised + abs(Double(bias[index])))
        let bound = gain * (shiftError + ratioError) * 1.01 + rounding
        let position = row * width + index
        let error = abs(Double(result[position]) - Double(expected[position]))
        #expect(error <= bound, "width \(width), element \(position)")
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func meanPoolWithinBound(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    for width in 1...33 {
      for rows in [1, 2, 7, 40] {
        let values = samples(rows * width, seed: UInt64(rows))
        let x = GuardedFloats(values, misalignment: rows % 3)
        let y = GuardedFloats(count: width, misalignment: 1)
        kernels.meanPool(x.start, rows: rows, width: width, into: y.start)
        var expected = [Float](repeating: 0, count: width)
        var span = expected.mutableSpan
        KernelsReference.meanPool(values.span, into: &span)
        #expect(y.isIntact)
        for (result, wanted) in zip(y.values, expected) {
          #expect(abs(result - wanted) <= Float(rows + 1) * 0x1p-24)  // |x| ≤ 1
        }
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func unitLengthWithinBound(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    for width in Array(1...33) + [384] {
      for scale: Float in [0, 1e-18, 1, 1e15] {
        let values = samples(width, seed: 5, scale: scale)
        let x = GuardedFloats(values, misalignment: width % 4)
        kernels.l2Normalize(x.start, width: width)
        var expected = values
        var span = expected.mutableSpan
        KernelsReference.l2Normalize(&span)
        #expect(x.isIntact)
        for (result, wanted) in zip(x.values, expected) {
          #expect(abs(result - wanted) <= Float(width + 6) * 0x1p-24 * abs(wanted))
        }
      }
    }
  }
}
