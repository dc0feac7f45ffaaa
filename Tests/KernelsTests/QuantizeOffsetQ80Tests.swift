import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The quantiser of activations: its scalar twin against its equation, the kernels against the
/// twin.
@Suite struct QuantizeOffsetQ80Tests {
  /// The twin's result for whole blocks.
  struct Blocks {
    var quants: [UInt8]
    var scales: [Float]
    var offsets: [Float]
    /// One a row, where rows have them.
    var outliers: [ActivationOutlier] = []

    /// Rows one after another, each with an outlier apart.
    init(separating rows: [[Float]], largestQuant: Float) {
      (quants, scales, offsets) = ([], [], [])
      for row in rows {
        let blocks = Blocks(row, largestQuant: largestQuant)
        var (quants, scales, offsets) = (blocks.quants, blocks.scales, blocks.offsets)
        var quantSpan = quants.mutableSpan
        var scaleSpan = scales.mutableSpan
        var offsetSpan = offsets.mutableSpan
        let outlier = separateOutlier(
          row.span, largestQuant: largestQuant, quants: &quantSpan, scales: &scaleSpan,
          offsets: &offsetSpan)
        self.quants += quants
        self.scales += scales
        self.offsets += offsets
        outliers.append(outlier)
      }
    }

    init(_ values: [Float], largestQuant: Float = 255) {
      var quants = [UInt8](repeating: 99, count: values.count)
      var scales = [Float](repeating: .nan, count: values.count / 32)
      var offsets = scales
      var quantSpan = quants.mutableSpan
      var scaleSpan = scales.mutableSpan
      var offsetSpan = offsets.mutableSpan
      quantizeOffsetQ80(
        values.span, largestQuant: largestQuant, quants: &quantSpan, scales: &scaleSpan,
        offsets: &offsetSpan)
      (self.quants, self.scales, self.offsets) = (quants, scales, offsets)
    }
  }

  /// Blocks around zero, on one side of it, far from it, tiny and huge: three in a row.
  static let rows: [[Float]] = {
    var rows = (1...20).map { samples(96, seed: UInt64($0), scale: Float($0 * $0)) }
    rows += (1...8).map { seed in samples(96, seed: UInt64(seed)).map { max($0, -0.17) } }
    rows += [1e-3, 1, 1e4, -1e7].map { shift in samples(96, seed: 5).map { $0 + shift } }
    rows.append((0..<96).map { Float($0 % 32 * 17 % 511) / 2 })  // ties
    rows.append((0..<96).map { $0 % 2 == 0 ? 1.7e38 : -1.7e38 })
    rows.append((0..<96).map { Float(bitPattern: UInt32($0 * 700)) })  // subnormal
    rows.append((0..<96).map { $0 == 40 ? .leastNonzeroMagnitude : 0 })
    rows.append((0..<96).map { $0 == 40 ? 0x1p-120 : 0 })  // the smallest range
    rows.append((0..<96).map { $0 == 40 ? Float(0x1p-120).nextDown : 0 })
    rows.append([Float](repeating: 0, count: 96))
    rows.append([Float](repeating: -3.25, count: 96))
    rows.append((0..<96).map { $0 % 3 == 0 ? 0 : -0.0 })
    return rows
  }()

  static let instructionSets: [InstructionSet] = [.scalar] + vectorInstructionSets

  /// Quants, scales and offsets equal the scalar twin's, bit for bit.
  @Test(arguments: vectorInstructionSets) func equalsTwin(instructionSet: InstructionSet) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let flat = Self.rows.flatMap { $0 }
    let expected =
      kernels.rowsHaveOutliers
      ? Blocks(separating: Self.rows, largestQuant: kernels.largestOffsetQuant)
      : Blocks(flat, largestQuant: kernels.largestOffsetQuant)
    for misalignment in 0..<3 {
      let source = GuardedFloats(flat, misalignment: misalignment)
      let blocks = quantize(source, rows: Self.rows.count, kernels)
      #expect(blocks.quants == expected.quants.map { Int($0) })
      #expect(sameBits(blocks.scales, expected.scales))
      #expect(sameBits(blocks.offsets, expected.offsets))
      #expect(blocks.outliers == expected.outliers)
    }
  }

  /// The element with the widest block's farther end is taken out, the other 31 share the steps of what is
  /// left, and with its residual the element is whole.
  @Test func outlierIsApart() {
    for (place, value) in [(0, 30), (40, -30), (95, 9)] as [(Int, Float)] {
      var row = samples(96, seed: 3)
      row[place] = value
      let plain = Blocks(row, largestQuant: 127)
      let apart = Blocks(separating: [row], largestQuant: 127)
      #expect(apart.outliers.map(\.input) == [place])
      #expect(apart.scales[place / 32] < plain.scales[place / 32] / 3)
      for (index, value) in row.enumerated() {
        let (scale, offset) = (Double(apart.scales[index / 32]), apart.offsets[index / 32])
        let bytes = scale * Double(apart.quants[index]) + Double(offset)
        let residual = index == place ? Double(apart.outliers[0].residual) : 0
        let bound = index == place ? Double(abs(value)) * 0x1p-23 : scale * (0.5 + 0x1p-14)
        #expect(abs(bytes + residual - Double(value)) <= bound, "\(index)")
      }
    }
    // Nothing to take out, and an infinity, which has to stay one.
    for row in [[Float](repeating: 2, count: 32), (0..<32).map { $0 == 3 ? .infinity : 1 }] {
      let apart = Blocks(separating: [row], largestQuant: 127)
      #expect(apart.outliers == [ActivationOutlier(input: 0, residual: 0)])
      #expect(apart.scales == Blocks(row, largestQuant: 127).scales)
    }
  }

  /// `|scale · quant + offset - x| ≤ scale · (1/2 + 2⁻¹⁴)`, and every block uses both ends of
  /// 0...largestQuant.
  @Test(arguments: [127, 255] as [Float]) func withinBound(largestQuant: Float) {
    for row in Self.rows {
      let blocks = Blocks(row, largestQuant: largestQuant)
      for (index, value) in row.enumerated() {
        let scale = Double(blocks.scales[index / 32])
        let result = scale * Double(blocks.quants[index]) + Double(blocks.offsets[index / 32])
        let bound = scale == 0 ? 0x1p-120 : scale * (0.5 + 0x1p-14)
        #expect(abs(result - Double(value)) <= bound, "\(value)")
      }
      for (block, scale) in blocks.scales.enumerated() where scale > 0 {
        let quants = blocks.quants[(block * 32)..<(block * 32 + 32)]
        #expect(quants.min() == 0 && Float(quants.max() ?? 0) == largestQuant)
      }
    }
  }

  /// A constant block is its value.
  @Test func constantBlock() {
    for value: Float in [0, 1, -3.25, .leastNonzeroMagnitude, .greatestFiniteMagnitude] {
      let blocks = Blocks([Float](repeating: value, count: 32))
      #expect(blocks.scales == [0] && blocks.offsets == [value])
      #expect(blocks.quants.allSatisfy { $0 == 0 })
    }
    let zeros = Blocks((0..<32).map { $0 == 7 ? 0 : -0.0 })
    #expect(zeros.offsets[0].sign == .plus && zeros.scales == [0])
  }

  /// Infinities, NaN and ranges beyond Float32 trap nowhere, quants stay in range, and what has no
  /// Float32 range gives NaN.
  @Test(arguments: instructionSets) func notFinite(
    instructionSet: InstructionSet
  ) throws {
    let kernels = instructionSet.packedKernels
    let compute = ComputeContext(threadCount: 1, instructionSet: instructionSet)
    let bytes = blockBytes(rows: 3, columns: 32, seed: 3)
    let weight = try weight(.q80, outputs: 3, inputs: 32, bytes: bytes, compute: compute)
    let far = Float.greatestFiniteMagnitude
    for (odd, even) in [(far, -far), (.infinity, 1), (-.infinity, 1), (.infinity, -.infinity)] {
      for count in [1, 16, 31] {
        let values = (0..<32).map { $0 < count ? odd : even }
        let blocks = Blocks(values)
        #expect(blocks.scales == [.infinity])
        #expect(blocks.quants.allSatisfy { $0 == 0 })
        if let kernels {
          let row = quantize(GuardedFloats(values + values + values), rows: 1, kernels)
          #expect(row.quants.allSatisfy { $0 == 0 })
          #expect(row.scales == [.infinity, .infinity, .infinity])
        }
        var y = Matrix(rows: 1, columns: 3)
        compute.linear(matrix(values, columns: 32), WeightStack(weight), bias: nil, into: &y)
        #expect(y.array().allSatisfy { $0.isNaN })
      }
    }
    for position in [0, 8, 31] {
      for others: [Float] in [samples(96, seed: 1), [Float](repeating: .nan, count: 96)] {
        var values = others
        values[position] = .nan
        _ = Blocks(values)
        guard let kernels else { continue }
        let row = quantize(GuardedFloats(values), rows: 1, kernels)
        #expect(row.quants.allSatisfy { (0...Int(kernels.largestOffsetQuant)).contains($0) })
      }
    }
  }

  /// A kernel's result for rows of 96 elements.
  private func quantize(
    _ source: GuardedFloats, rows: Int, _ kernels: any PackedKernelSet
  ) -> (quants: [Int], scales: [Float], offsets: [Float], outliers: [ActivationOutlier]) {
    let byteCount = kernels.offsetQ80RowByteCount(inputs: 96)
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: rows * byteCount, alignment: 64)
    defer { bytes.deallocate() }
    kernels.quantizeOffsetQ80(source.start, rows: rows, inputs: 96, into: bytes)
    let quants = (0..<(rows * 96)).map { index in
      Int(bytes.load(fromByteOffset: index / 96 * byteCount + index % 96, as: UInt8.self))
    }
    func floats(_ start: Int) -> [Float] {
      (0..<(rows * 3)).map { block in
        bytes.load(
          fromByteOffset: block / 3 * byteCount + start + block % 3 * 4, as: Float.self)
      }
    }
    let outliers = (0..<(kernels.rowsHaveOutliers ? rows : 0)).map { row in
      let start = bytes + row * byteCount + 96 + 24
      return ActivationOutlier(
        input: Int(start.load(as: Int32.self)),
        residual: start.load(fromByteOffset: 4, as: Float.self))
    }
    return (quants, floats(96), floats(96 + 12), outliers)
  }
}
