@testable import Kernels
import Testing

/// Every public operation, on every path, against plain Float64 arithmetic written here.
@Suite struct ComputeTests {
  static let computes = KernelBackend.allCases.map { ComputeContext(path: $0, threadCount: 2) }

  @Test(arguments: computes, WeightType.allCases) func linear(
    compute: ComputeContext, type: WeightType
  ) throws {
    let (tokens, inputs, outputs) = (5, 256, 37)
    let bytes = weightBytes(type, count: outputs * inputs, seed: 1)
    let weight = try bytes.withUnsafeBytes { bytes throws(KernelError) in
      try WeightMatrix(
        type: type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
    }
    let x = matrix(samples(tokens * inputs, seed: 2), columns: inputs)
    let bias = samples(outputs, seed: 3)
    var y = Matrix(rows: tokens, columns: outputs)
    compute.linear(x, WeightStack(weight), bias: WeightVector(bias), into: &y)

    let values = widened(bytes, type: type)
    let xs = x.array()
    let ys = y.array()
    for token in 0..<tokens {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        var magnitude = abs(sum)
        var largest = 0.0
        for input in 0..<inputs {
          let product =
            Double(xs[token * inputs + input]) * Double(values[output * inputs + input])
          sum += product
          magnitude += abs(product)
          largest = max(largest, abs(Double(values[output * inputs + input])))
        }
        // Float32: (inputs + 2) roundings. Q8_0: each activation is off by up to 1/510 of its
        // block's range, which is at most 2.
        let rounding = Double(inputs + 2) * 0x1p-24 * magnitude
        let quantisation =
          type == .q80 && compute.path != .blas ? Double(inputs) * largest / 255 : 0
        #expect(abs(Double(ys[token * outputs + output]) - sum) <= rounding + quantisation)
      }
    }
  }

  /// Activations on one side of zero lose no more to eight bits than their range says.
  @Test(arguments: computes) func oneSidedActivations(compute: ComputeContext) throws {
    let (tokens, inputs, outputs) = (3, 96, 50)
    let bytes = blockBytes(rows: outputs, columns: inputs, seed: 1)
    let weight = try weight(
      .q80, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
    for shift: Float in [1, 8, -8] {
      let xs = samples(tokens * inputs, seed: 2).map { $0 + shift }
      var y = Matrix(rows: tokens, columns: outputs)
      compute.linear(matrix(xs, columns: inputs), WeightStack(weight), bias: nil, into: &y)
      let values = widened(bytes, type: .q80)
      let ys = y.array()
      for token in 0..<tokens {
        for output in 0..<outputs {
          var (sum, magnitude, quantisation) = (0.0, 0.0, 0.0)
          for input in 0..<inputs {
            let value = Double(values[output * inputs + input])
            sum += Double(xs[token * inputs + input]) * value
            magnitude += Double(abs(shift) + 1) * abs(value)
            quantisation += abs(value) * 2 / 510  // the range is at most 2
          }
          let rounding = Double(inputs + 2) * 0x1p-24 * magnitude
          #expect(abs(Double(ys[token * outputs + output]) - sum) <= rounding + quantisation)
        }
      }
    }
  }

  @Test(arguments: computes) func rowsWithinCapacity(compute: ComputeContext) throws {
    let bytes = fileBytes(samples(8 * 4, seed: 1))
    let weight = try bytes.withUnsafeBytes { bytes throws(KernelError) in
      try WeightMatrix(type: .f32, outputs: 8, inputs: 4, bytes: bytes, compute: compute)
    }
    var x = Matrix(rows: 6, columns: 4)
    var y = Matrix(rows: 6, columns: 8)
    x.rows = 2
    compute.linear(x, WeightStack(weight), bias: nil, into: &y)
    #expect(y.rows == 2)
    x.rows = 0
    compute.linear(x, WeightStack(weight), bias: nil, into: &y)
    #expect(y.rows == 0)
  }

  @Test func weightsOfTheWrongSizeAreRefused() {
    func error(_ type: WeightType, _ outputs: Int, _ inputs: Int, _ bytes: [UInt8]) -> KernelError?
    {
      weightError(type: type, outputs: outputs, inputs: inputs, bytes: bytes)
    }
    func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    #expect(error(.q80, 2, 33, zeros(70)) == .partialBlock(type: .q80, columns: 33))
    #expect(
      error(.f32, 2, 3, zeros(23))
        == .byteCount(type: .f32, rows: 2, columns: 3, needed: 24, available: 23))
    #expect(error(.f16, 0, 3, []) == .shape(rows: 0, columns: 3))
    #expect(error(.f16, .max, 3, []) == .shape(rows: .max, columns: 3))
    var notANumber = zeros(68)
    (notANumber[34], notANumber[35]) = (0, 0x7e)
    #expect(error(.q80, 2, 32, notANumber) == .scaleNotFinite(type: .q80, row: 1, block: 0))
    #expect(error(.q80, 2, 32, zeros(68)) == nil)
  }

  @Test func embeddingTableAddsRows() throws {
    let owner = Counter()
    for type in WeightType.allCases {
      // Plain types need not have whole chunks of 256.
      let columns = type.blockElementCount == 256 ? 512 : 288
      let bytes = weightBytes(type, count: 4 * columns, seed: 5)
      let values = widened(bytes, type: type)
      try bytes.withUnsafeBytes { bytes in
        let table = try EmbeddingTable(
          type: type, rows: 4, columns: columns, bytes: bytes, owner: owner)
        var x = Matrix(rows: 1, columns: columns)
        x.withMutableRow(0) { row in
          table.add(row: 3, to: &row)
          table.add(row: 1, to: &row)
        }
        let sums = x.array()
        let expected: [Float] = (0..<columns).map { index in
          values[3 * columns + index] + values[columns + index]
        }
        #expect(sums == expected, "\(type)")
        x.withMutableRow(0) { row in table.copy(row: 2, into: &row) }
        #expect(x.array() == Array(values[(2 * columns)..<(3 * columns)]), "\(type)")
      }
    }
  }
}

/// The error that a weight of these bytes gives, or nil.
func weightError(type: WeightType, outputs: Int, inputs: Int, bytes: [UInt8]) -> KernelError? {
  let compute = ComputeContext(path: .simd, threadCount: 1)
  return bytes.withUnsafeBytes { bytes in
    do throws(KernelError) {
      _ = try WeightMatrix(
        type: type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute)
      return nil
    } catch {
      return error
    }
  }
}

/// A matrix that holds `values`.
func matrix(_ values: [Float], columns: Int) -> Matrix {
  var result = Matrix(rows: values.count / columns, columns: columns)
  result.withMutableElements { elements in
    for index in values.indices { elements[index] = values[index] }
  }
  return result
}

/// The Float32 values of a file's elements; BlockFormatTests hold them against gguf-py's.
func widened(_ bytes: [UInt8], type: WeightType) -> [Float] {
  let count = bytes.count / type.blockByteCount * type.blockElementCount
  var values = [Float](repeating: .nan, count: count)
  bytes.withUnsafeBytes { bytes in
    values.withUnsafeMutableBufferPointer { widen(type: type, bytes: bytes, into: $0) }
  }
  return values
}
