import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// rmsNorm, SwiGLU and rope against their scalar twins.
@Suite struct RMSNormSwiGLURopeTests {
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

  /// Two roundings of products and one of the sum: 2 × 2⁻²⁴ of the pair's length, on both sides.
  @Test(arguments: vectorInstructionSets, RopeStyle.allCases) func ropeWithinBound(
    instructionSet: InstructionSet, style: RopeStyle
  ) throws {
    let kernels = try kernels(instructionSet)
    for rotaryDim in Array(stride(from: 2, through: 36, by: 2)) + [64, 96, 128] {
      for extra in [0, 5] {
        let (rows, heads, headDim) = (3, 2, rotaryDim + extra)
        let stride = heads * headDim + 3
        let frequencies = RopeFrequencies(rotaryDim: rotaryDim, base: 10_000)
        var table = RopeTable(frequencies: frequencies, style: style, capacity: rows)
        table.fill(firstPosition: 7, count: rows)
        let values = samples(rows * stride, seed: UInt64(rotaryDim))
        let x = GuardedFloats(values, misalignment: extra % 4)
        kernels.rope(
          RopeRows(
            x: x.start, stride: stride, rows: rows, heads: heads, headDim: headDim,
            rotaryDim: rotaryDim, style: style, table: table.rows.elements))
        #expect(x.isIntact)
        var expected = values
        for row in 0..<rows {
          table.rows.withRow(row) { entries in
            for head in 0..<heads {
              let start = row * stride + head * headDim
              var part = Array(expected[start..<(start + headDim)])
              var span = part.mutableSpan
              KernelsReference.rope(
                &span, cosines: entries.extracting(0..<rotaryDim),
                sines: entries.extracting(rotaryDim..<(2 * rotaryDim)), style: style)
              expected.replaceSubrange(start..<(start + headDim), with: part)
            }
          }
        }
        for (index, pair) in zip(x.values, expected).enumerated() {
          let isRotated =
            index % stride < heads * headDim && index % stride % headDim < rotaryDim
          let bound: Float = isRotated ? 4 * 0x1p-24 * 1.5 : 0
          #expect(abs(pair.0 - pair.1) <= bound, "rotaryDim \(rotaryDim), element \(index)")
        }
      }
    }
  }

  /// A rotation by hand: position 1, the first pair turns by 1 rad, the second by base^(-2/4).
  @Test func ropeTableByHand() {
    let frequencies = RopeFrequencies(
      rotaryDim: 4, base: 100, scale: 0.5, factors: [1, 4], magnitude: 2)
    for style in RopeStyle.allCases {
      var table = RopeTable(frequencies: frequencies, style: style, capacity: 1)
      table.fill(firstPosition: 6, count: 1)
      let angles = [6 * 0.5, 6 * 0.1 / 4 * 0.5]
      let row = table.rows.array()
      let pairs = style == .interleaved ? [(0, 1), (2, 3)] : [(0, 2), (1, 3)]
      for (angle, pair) in zip(angles, pairs) {
        #expect(abs(Double(row[pair.0]) - 2 * cos(angle)) < 1e-6)
        #expect(abs(Double(row[pair.1]) - 2 * cos(angle)) < 1e-6)
        #expect(abs(Double(row[4 + pair.0]) + 2 * sin(angle)) < 1e-6)
        #expect(abs(Double(row[4 + pair.1]) - 2 * sin(angle)) < 1e-6)
      }
    }
  }

  /// The docstring's claim about the angles: at position 4,000 less than 8e-4 rad off the real
  /// number.
  @Test func ropeAnglesAtFarPositions() {
    for base: Float in [10_000, 1_000_000] {
      let frequencies = RopeFrequencies(rotaryDim: 128, base: base)
      var table = RopeTable(frequencies: frequencies, style: .halves, capacity: 1)
      table.fill(firstPosition: 4_000, count: 1)
      let row = table.rows.array()
      var largest = 0.0
      for pair in 0..<64 {
        let angle = 4_000 * pow(Double(base), -Double(2 * pair) / 128)
        largest = max(
          largest, abs(Double(row[pair]) - cos(angle)), abs(Double(row[192 + pair]) - sin(angle)))
      }
      #expect(largest < 8e-4 && largest > 1e-5, "\(largest)")
    }
  }

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
        compute.swiGLU(normed, into: &gated)
        results.append(gated.array())
      }
    }
    #expect(sameBits(results[0], results[1]) && sameBits(results[2], results[3]))
    for (result, wanted) in zip(results[2], results[0]) {
      #expect(abs(result - wanted) <= 2e-6)
    }
  }
}
