import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// The matrix products, bit for bit.
@Suite struct LinearTests {
  /// Widths around the edges of registers and panels of both instruction sets.
  static let outputCounts = [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 65, 96, 97]

  /// Every element is the chain of fused multiply-adds over ascending inputs, plus the bias,
  /// whatever the number of rows, the row's place, the panel's edge and the instruction set.
  @Test(arguments: vectorInstructionSets, [WeightType.f32, .f16])
  func floatProductIsTheChain(instructionSet: InstructionSet, type: WeightType) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    for inputs in [1, 2, 3, 31, 191, 192, 193, 255, 257, 400] {
      let outputs = Self.outputCounts[inputs % Self.outputCounts.count]
      try check(compute, type, inputs: inputs, outputs: outputs, rowCounts: [17, 1, 5])
    }
    for outputs in Self.outputCounts {
      try check(compute, type, inputs: 33, outputs: outputs, rowCounts: [3])
    }
    try check(compute, type, inputs: 24, outputs: 50, rowCounts: Array(0...17) + [130, 250])
  }

  private func check(
    _ compute: ComputeContext, _ type: WeightType, inputs: Int, outputs: Int, rowCounts: [Int]
  ) throws {
    let bytes = weightBytes(type, count: inputs * outputs, seed: UInt64(inputs))
    let values = widened(bytes, type: type)
    let weight = try weight(
      type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
    let bias = samples(outputs, seed: 9)
    let most = rowCounts.max() ?? 0
    let x = samples(most * inputs, seed: 4)
    var expected = [Float](repeating: 0, count: most * outputs)
    for row in 0..<most {
      for output in 0..<outputs {
        var sum: Float = 0
        for input in 0..<inputs {
          sum.addProduct(x[row * inputs + input], values[output * inputs + input])
        }
        expected[row * outputs + output] = sum + bias[output]
      }
    }
    for rows in rowCounts {
      var y = Matrix(rows: rows, columns: outputs)
      let input = matrix(Array(x.prefix(rows * inputs)), columns: inputs)
      compute.linear(input, WeightStack(weight), bias: WeightVector(bias), into: &y)
      let same = sameBits(y.array(), Array(expected.prefix(rows * outputs)))
      #expect(same, "\(type) \(rows) x \(inputs) x \(outputs)")
    }
  }

  /// `Q8_0` products equal the scalar twin, for random and for extreme quants.
  @Test(arguments: vectorInstructionSets) func blockProductEqualsTwin(
    instructionSet: InstructionSet
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let kernels = try #require(instructionSet.packedKernels)
    let extremes: [ClosedRange<Int8>] = [-128...127, -128...(-128), 127...127, -128...(-127)]
    for (index, quants) in extremes.enumerated() {
      for (inputs, outputs) in [(32, 1), (64, 17), (544, 48), (576, 49), (1056, 97)] {
        let bytes = blockBytes(rows: outputs, columns: inputs, seed: 3, quants: quants)
        let fast = try weight(
          .q80, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
        for rows in [1, 2, 3, 4, 5, 9] {
          var values = samples(rows * inputs, seed: 8, scale: 3)
          if index > 0 {
            // Every activation's quant is the largest but one of each block, which is 0.
            for position in values.indices {
              values[position] = position % 32 == position / inputs ? -2 : 2
            }
          }
          let x = matrix(values, columns: inputs)
          let bias = samples(outputs, seed: 5)
          var y = Matrix(rows: rows, columns: outputs)
          compute.linear(x, WeightStack(fast), bias: WeightVector(bias), into: &y)
          let expected = offsetQ80Twin(
            values, weight: bytes, bias: bias, inputs: inputs, kernels)
          let same = sameBits(y.array(), expected)
          #expect(same, "\(rows) x \(inputs) x \(outputs), quants \(quants)")
        }
      }
    }
  }

  /// The scalar twins of a `Q8_0` product: quantises the activations, then multiplies.
  private func offsetQ80Twin(
    _ x: [Float], weight: [UInt8], bias: [Float], inputs: Int, _ kernels: any PackedKernelSet
  ) -> [Float] {
    if x.count > inputs {
      return stride(from: 0, to: x.count, by: inputs).flatMap {
        offsetQ80Twin(
          Array(x[$0..<($0 + inputs)]), weight: weight, bias: bias, inputs: inputs, kernels)
      }
    }
    let largestQuant = kernels.largestOffsetQuant
    var quants = [UInt8](repeating: 0, count: x.count)
    var scales = [Float](repeating: 0, count: x.count / 32)
    var offsets = scales
    var y = [Float](repeating: .nan, count: x.count / inputs * bias.count)
    var quantSpan = quants.mutableSpan
    var scaleSpan = scales.mutableSpan
    var offsetSpan = offsets.mutableSpan
    quantizeOffsetQ80(
      x.span, largestQuant: largestQuant, quants: &quantSpan, scales: &scaleSpan,
      offsets: &offsetSpan)
    var outliers: [ActivationOutlier] = []
    if kernels.rowsHaveOutliers {
      outliers = [
        separateOutlier(
          x.span, largestQuant: largestQuant, quants: &quantSpan, scales: &scaleSpan,
          offsets: &offsetSpan)
      ]
    }
    var result = y.mutableSpan
    weight.withUnsafeBytes { bytes in
      linearOffsetQ80(
        quants: quants.span, scales: scales.span, offsets: offsets.span, outliers: outliers,
        weight: bytes.bytes, bias: bias.span, into: &result, inputs: inputs, outputs: bias.count)
    }
    return y
  }

  /// A product reads and writes only its own rows and columns, at any alignment.
  @Test(arguments: vectorInstructionSets) func productStaysInBounds(
    instructionSet: InstructionSet
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let columns = kernels.panelColumns
    let inputs = 5
    for outputs in 1...(2 * columns + 1) {
      let panels = (outputs + columns - 1) / columns
      let weights = samples(panels * columns * inputs, seed: 1)
      for misalignment in [0, 1, 3] {
        let x = GuardedFloats(samples(3 * inputs, seed: 2), misalignment: misalignment)
        let y = GuardedFloats(count: 3 * outputs, misalignment: misalignment)
        let bias = GuardedFloats(samples(outputs, seed: 3), misalignment: misalignment)
        weights.withUnsafeBytes { bytes in
          guard let start = bytes.baseAddress else { return }
          kernels.linearPanels(
            PanelProduct(
              x: x.start, rows: 3, inputs: inputs, panels: start, isHalf: false,
              panelRange: 0..<panels, bias: bias.start, activation: .gelu, y: y.start,
              outputs: outputs))
        }
        #expect(y.isIntact && x.isIntact)
        #expect(y.isFinite, "\(outputs) columns")
      }
    }
  }

  /// `y += b + x Wᵀ` is exactly that sum of the layer without bias, for one weight and for several.
  @Test(arguments: vectorInstructionSets, WeightType.allCases) func residualTakesBias(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let (inputs, outputs, rows) = (256, 45, 37)
    let parts = try [1, 2].map { seed in
      try [ActivationQuantization.precise, .ggml].map { activations in
        let bytes = weightBytes(type, count: inputs * outputs, seed: UInt64(seed))
        return try bytes.withUnsafeBytes { bytes throws(KernelError) in
          try WeightMatrix(
            type: type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute,
            activations: activations)
        }
      }
    }
    let x = matrix(samples(rows * inputs, seed: 3), columns: inputs)
    for stack in [0, 1].flatMap({ kind in
      [WeightStack(parts[0][kind]), WeightStack(parts.map { $0[kind] })]
    }) {
      let residual = samples(rows * stack.outputs, seed: 4)
      let bias = samples(stack.outputs, seed: 5)
      var product = Matrix(rows: rows, columns: stack.outputs)
      compute.linear(x, stack, into: &product)
      var y = matrix(residual, columns: stack.outputs)
      compute.linear(x, stack, bias: WeightVector(bias), addingTo: &y)
      let terms = product.array()
      let expected = residual.indices.map {
        residual[$0] + bias[$0 % stack.outputs] + terms[$0]
      }
      #expect(sameBits(y.array(), expected), "\(stack.weights.count) weights")
    }
  }

  /// Bias and activation of a stack are those of its parts, side by side.
  @Test(arguments: vectorInstructionSets, WeightType.allCases) func stackAppliesBiasAndActivation(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let (inputs, outputs, rows) = (256, 40, 5)
    let parts = try [1, 2].map {
      try weight(
        type, outputs: outputs, inputs: inputs,
        bytes: weightBytes(type, count: inputs * outputs, seed: $0), compute: compute)
    }
    let x = matrix(samples(rows * inputs, seed: 3), columns: inputs)
    let bias = samples(2 * outputs, seed: 5)
    for activation in ActivationFunction.allCases {
      var y = Matrix(rows: rows, columns: 2 * outputs)
      compute.linear(
        x, WeightStack(parts), bias: WeightVector(bias), activation: activation, into: &y)
      for (index, part) in parts.enumerated() {
        let own = Array(bias[(index * outputs)..<((index + 1) * outputs)])
        var z = Matrix(rows: rows, columns: outputs)
        compute.linear(
          x, WeightStack(part), bias: WeightVector(own), activation: activation, into: &z)
        let expected = z.array()
        let actual = y.array()
        for row in 0..<rows {
          let start = row * 2 * outputs + index * outputs
          #expect(
            sameBits(
              Array(actual[start..<(start + outputs)]),
              Array(expected[(row * outputs)..<((row + 1) * outputs)])), "\(activation)")
        }
      }
    }
  }

  /// Any cut of the rows, any number of threads, and both paths through GELU give the same bits.
  @Test(arguments: vectorInstructionSets, WeightType.allCases) func rowsAreIndependent(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let (inputs, outputs, rows) = (256, 144, 300)
    let bytes = weightBytes(type, count: inputs * outputs, seed: 6)
    let values = samples(rows * inputs, seed: 7)
    let whole = try product(
      ComputeContext(threadCount: 1, instructionSet: instructionSet), 0..<rows)
    func product(_ compute: ComputeContext, _ range: Range<Int>) throws -> [Float] {
      let weight = try weight(
        type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
      let part = Array(values[(range.lowerBound * inputs)..<(range.upperBound * inputs)])
      var y = Matrix(rows: range.count, columns: outputs)
      compute.linear(
        matrix(part, columns: inputs), WeightStack(weight), activation: .gelu, into: &y)
      return y.array()
    }
    for threadCount in [1, 2, 3] {
      let compute = ComputeContext(threadCount: threadCount, instructionSet: instructionSet)
      for range in [0..<rows, 0..<1, 299..<300, 7..<13, 100..<250] {
        let part = Array(whole[(range.lowerBound * outputs)..<(range.upperBound * outputs)])
        let same = sameBits(try product(compute, range), part)
        #expect(same, "\(threadCount) threads, rows \(range)")
      }
    }
  }

  /// OpenBLAS within the bound of a Float32 sum in any order, the same for any thread count.
  @Test(arguments: WeightType.allCases) func blasWithinBound(type: WeightType) throws {
    let (inputs, outputs, rows) = (256, 250, 7)
    let bytes = weightBytes(type, count: inputs * outputs, seed: 6)
    let values = widened(bytes, type: type)
    let x = samples(rows * inputs, seed: 7)
    let bias = samples(outputs, seed: 8)
    var results: [[Float]] = []
    for threadCount in [1, 2] {
      let compute = ComputeContext(path: .blas, threadCount: threadCount)
      let weight = try weight(
        type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
      var y = Matrix(rows: rows, columns: outputs)
      compute.linear(
        matrix(x, columns: inputs), WeightStack(weight), bias: WeightVector(bias), into: &y)
      results.append(y.array())
    }
    #expect(sameBits(results[0], results[1]))
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        var magnitude = abs(sum)
        for input in 0..<inputs {
          let product = Double(x[row * inputs + input]) * Double(values[output * inputs + input])
          sum += product
          magnitude += abs(product)
        }
        let error = abs(Double(results[0][row * outputs + output]) - sum)
        #expect(error <= Double(inputs + 1) * 0x1p-24 * magnitude)
      }
    }
  }
}
