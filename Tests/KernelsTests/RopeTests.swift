import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// rope against its scalar twin, and the table of angles.
@Suite struct RopeTests {
  private func kernels(_ instructionSet: InstructionSet) throws -> any KernelSet {
    try #require(instructionSet.packedKernels)
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

  /// The bound that the docstring states: at position 4,000 an angle is within 8e-4 rad of the exact
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
}
