import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Products of `Q8_0` weights with activations of 16 bits: the twins against their equations, the
/// kernels against the twins.
@Suite struct Int16Q80Tests {
  /// The quantiser's result for one row.
  private struct Row {
    var quants: [Int16]
    var scale: Float

    /// The scalar twin's.
    init(_ values: [Float]) {
      var quants = [Int16](repeating: 99, count: values.count)
      var span = quants.mutableSpan
      scale = quantizeInt16(values.span, quants: &span)
      self.quants = quants
    }

    /// A kernel's, in the order of the inputs.
    init(_ source: GuardedFloats, inputs: Int, _ kernels: any PackedKernelSet) {
      let byteCount = kernels.int16RowByteCount(inputs: inputs)
      let bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
      defer { bytes.deallocate() }
      kernels.quantizeInt16(source.start, rows: 1, inputs: inputs, into: bytes)
      quants = (0..<inputs).map { input in
        let place = input / 4 * 4 + [0, 2, 1, 3][input % 4]
        return bytes.load(fromByteOffset: place * 2, as: Int16.self)
      }
      scale = bytes.load(fromByteOffset: inputs * 2, as: Float.self)
    }
  }

  /// Quants and scale equal the scalar twin's, bit for bit.
  @Test(arguments: vectorInstructionSets) func quantiserEqualsTwin(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let tiny = (0..<96).map { $0 == 40 ? Float(0x1p-110).nextDown : 0 }
    for row in QuantizeOffsetQ80Tests.rows + [tiny] {
      let expected = Row(row)
      for misalignment in 0..<3 {
        let actual = Row(GuardedFloats(row, misalignment: misalignment), inputs: 96, kernels)
        #expect(actual.quants == expected.quants)
        #expect(sameBits([actual.scale], [expected.scale]))
      }
    }
  }

  /// `|scale · quant - x| ≤ scale · (1/2 + 2⁻⁷)`, and the largest magnitude has the largest quant.
  @Test func twinIsWithinItsBound() {
    for values in QuantizeOffsetQ80Tests.rows {
      let row = Row(values)
      let scale = Double(row.scale)
      for (quant, value) in zip(row.quants, values) {
        let bound = scale == 0 ? 0x1p-110 : scale * (0.5 + 0x1p-7)
        #expect(abs(scale * Double(quant) - Double(value)) <= bound, "\(value)")
      }
      #expect(scale == 0 || row.quants.map { abs(Int($0)) }.max() == 32767)
    }
  }

  /// Infinities give NaN, and no quant is out of range.
  @Test(arguments: QuantizeOffsetQ80Tests.instructionSets) func notFinite(
    instructionSet: InstructionSet
  ) throws {
    let compute = ComputeContext(threadCount: 1, instructionSet: instructionSet)
    let weight = try weight(
      .q80, outputs: 3, inputs: 32, bytes: blockBytes(rows: 3, columns: 32, seed: 3),
      compute: compute)
    for value: Float in [.infinity, -.infinity] {
      for count in [1, 16, 32] {
        let values = (0..<32).map { $0 < count ? value : 1 }
        let row = Row(values)
        #expect(row.scale == .infinity && row.quants.allSatisfy { $0 == 0 })
        if let kernels = instructionSet.packedKernels {
          let actual = Row(GuardedFloats(values), inputs: 32, kernels)
          #expect(actual.scale == .infinity && actual.quants.allSatisfy { $0 == 0 })
        }
        var y = Matrix(rows: 1, columns: 3)
        compute.linear(
          matrix(values, columns: 32), WeightStack(weight), width: .sixteenBits, into: &y)
        #expect(y.array().allSatisfy { $0.isNaN })
      }
    }
    guard let kernels = instructionSet.packedKernels else { return }
    var values = samples(32, seed: 1)
    values[7] = .nan
    #expect(Row(GuardedFloats(values), inputs: 32, kernels).quants.allSatisfy { $0 >= -32767 })
  }

  /// Products equal the scalar twin, for random and for extreme quants, whatever the number of rows.
  @Test(arguments: vectorInstructionSets) func productEqualsTwin(
    instructionSet: InstructionSet
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let extremes: [ClosedRange<Int8>] = [-128...127, -128...(-128), 127...127]
    for (index, quants) in extremes.enumerated() {
      for (inputs, outputs) in [(32, 1), (64, 17), (544, 48), (576, 49), (1056, 97)] {
        let bytes = blockBytes(rows: outputs, columns: inputs, seed: 3, quants: quants)
        let fast = try weight(
          .q80, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
        for rows in [1, 2, 3, 4, 5, 9] {
          // All of one sign and size: the largest sums.
          let values =
            index == 0
            ? samples(rows * inputs, seed: 8, scale: 3)
            : [Float](repeating: index == 1 ? -2 : 2, count: rows * inputs)
          let bias = samples(outputs, seed: 5)
          var y = Matrix(rows: rows, columns: outputs)
          compute.linear(
            matrix(values, columns: inputs), WeightStack(fast), bias: WeightVector(bias),
            width: .sixteenBits, into: &y)
          let expected = twin(values, weight: bytes, bias: bias, inputs: inputs)
          #expect(
            sameBits(y.array(), expected), "\(rows) x \(inputs) x \(outputs), quants \(quants)")
        }
      }
    }
  }

  /// The twin is the product with the weights of the file, but for the last of 32,767 steps.
  @Test func twinFollowsTheEquation() {
    let (inputs, outputs) = (96, 33)
    let bytes = blockBytes(rows: outputs, columns: inputs, seed: 6)
    let weights = widened(bytes, type: .q80)
    let bias = samples(outputs, seed: 5)
    let x = samples(inputs, seed: 4, scale: 2)
    let step = Double(x.map { abs($0) }.max() ?? 0) / 32767
    let y = twin(x, weight: bytes, bias: bias, inputs: inputs)
    for output in 0..<outputs {
      var sum = Double(bias[output])
      var magnitude = abs(sum)
      var weightSum = 0.0
      for input in 0..<inputs {
        let weight = Double(weights[output * inputs + input])
        sum += weight * Double(x[input])
        magnitude += abs(weight * Double(x[input]))
        weightSum += abs(weight)
      }
      let bound = weightSum * step * (0.5 + 0x1p-7) + magnitude * 6 * 0x1p-24
      #expect(abs(Double(y[output]) - sum) <= bound)
    }
  }

  /// The scalar twins: quantises each row, then multiplies.
  private func twin(_ x: [Float], weight: [UInt8], bias: [Float], inputs: Int) -> [Float] {
    let rows = stride(from: 0, to: x.count, by: inputs).map { Row(Array(x[$0..<($0 + inputs)])) }
    var y = [Float](repeating: .nan, count: rows.count * bias.count)
    var result = y.mutableSpan
    weight.withUnsafeBytes { bytes in
      linearInt16Q80(
        quants: rows.flatMap(\.quants).span, scales: rows.map(\.scale).span, weight: bytes.bytes,
        bias: bias.span, into: &result, inputs: inputs, outputs: bias.count)
    }
    return y
  }
}
