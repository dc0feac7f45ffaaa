import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Products with quantised weights: bit for bit the scalar twins, in every layout.
@Suite struct LinearQuantizedTests {
  static let types: [WeightType] = [.q4K, .q5K, .q6K, .q80, .q40]

  /// Inputs and outputs around the edges of superblocks, panels of 16 and tiles of 32; with 417
  /// outputs a thread has groups of tiles, whole ones and a rest.
  static func shapes(_ type: WeightType) -> [(inputs: Int, outputs: Int)] {
    type.blockElementCount == 256
      ? [(256, 1), (256, 15), (512, 16), (768, 17), (256, 33), (1280, 50), (256, 417)]
      : [(32, 1), (96, 15), (256, 16), (288, 33), (544, 50), (64, 97), (64, 417)]
  }

  /// Every number of rows of a tile and its remainders, one row alone, and several tiles; tile
  /// registers (AMX) take 16 rows, two at a time, and the rest in one that overlaps.
  static let rowCounts = [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 33, 40, 63]
  static let mostRows = 63

  @Test(arguments: vectorInstructionSets, types) func equalsTwin(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    for (inputs, outputs) in Self.shapes(type) {
      let bytes = weightBytes(type, count: inputs * outputs, seed: UInt64(inputs + outputs))
      try check(
        compute, type, inputs: inputs, outputs: outputs, bytes: bytes,
        x: samples(Self.mostRows * inputs, seed: 4, scale: 3))
    }
  }

  /// The largest integers: every quant and scale at its end, every activation at ±127.
  @Test(arguments: vectorInstructionSets, types) func extremes(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let compute = ComputeContext(threadCount: 1, instructionSet: instructionSet)
    let (inputs, outputs) = (512, 17)
    for byte: UInt8 in [0xff, 0x00, 0x80, 0x7f] {
      var bytes = [UInt8](
        repeating: byte, count: inputs * outputs / type.blockElementCount * type.blockByteCount)
      // The largest Float16, 65,504 = 0x7bff.
      for block in stride(from: 0, to: bytes.count, by: type.blockByteCount) {
        for offset in type.format.scaleOffsets {
          bytes[block + offset] = 0xff
          bytes[block + offset + 1] = 0x7b
        }
      }
      for pattern in 0..<3 {
        let x = (0..<(Self.mostRows * inputs)).map { index -> Float in
          pattern == 0 ? 1 : pattern == 1 ? -1 : index % 3 == 0 ? 1 : -1
        }
        try check(compute, type, inputs: inputs, outputs: outputs, bytes: bytes, x: x)
      }
    }
  }

  /// Sums of sub-blocks at the largest that fits in 16 bits, and one step beyond.
  @Test(arguments: vectorInstructionSets, [WeightType.q4K, .q5K, .q6K]) func largestSums(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let compute = ComputeContext(threadCount: 1, instructionSet: instructionSet)
    let (inputs, outputs) = (256, 17)
    for byte: UInt8 in [0xff, 0x00, 0x7f] {
      var bytes = [UInt8](
        repeating: byte, count: inputs * outputs / type.blockElementCount * type.blockByteCount)
      for block in stride(from: 0, to: bytes.count, by: type.blockByteCount) {
        for offset in type.format.scaleOffsets {
          (bytes[block + offset], bytes[block + offset + 1]) = (0, 0x3c)
        }
        // Q6_K's scales: its quants of 0 stand for -32, the largest magnitude.
        if type == .q6K { for offset in 192..<208 { bytes[block + offset] = 0x7f } }
      }
      // The sum of a block's activations: 15 · 2,184 and 31 · 1,057 fit, and 32 · 1,023.
      for (block, sum) in [(32, 2184), (32, 2185), (32, 1057), (32, 1058), (16, 1023), (16, 1024)] {
        for sign: Float in [1, -1] {
          let x = (0..<(Self.mostRows * inputs)).map { index -> Float in
            sign * Float(min(127, max(0, sum - index % block * 127)))
          }
          try check(compute, type, inputs: inputs, outputs: outputs, bytes: bytes, x: x)
        }
      }
    }
  }

  /// Compares copied and mapped weights with the twin, as bits, for all numbers of rows.
  private func check(
    _ compute: ComputeContext, _ type: WeightType, inputs: Int, outputs: Int, bytes: [UInt8],
    x: [Float]
  ) throws {
    let twin = ComputeContext(path: .reference, threadCount: 1)
    let owner = Bytes(bytes)
    let expected = try product(
      weight(owner, type, outputs, inputs, compute: twin, isMapped: false), x, compute: twin)
    for isMapped in [false, true] {
      let weight = try weight(owner, type, outputs, inputs, compute: compute, isMapped: isMapped)
      for rows in Self.rowCounts {
        let found = product(weight, Array(x.prefix(rows * inputs)), compute: compute)
        let same = sameBits(found, Array(expected.prefix(rows * outputs)))
        #expect(same, "\(rows) x \(inputs) x \(outputs), mapped \(isMapped)")
      }
    }
  }

  /// More rows than one call of the kernels takes, any number of threads: a row's bits are its own.
  @Test(arguments: vectorInstructionSets, types) func rowsAreIndependent(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let (inputs, outputs, rows) = (256, 81, 600)
    let owner = Bytes(weightBytes(type, count: inputs * outputs, seed: 6))
    let x = samples(rows * inputs, seed: 7)
    var whole: [Float] = []
    for threadCount in [1, 2, 3] {
      let compute = ComputeContext(threadCount: threadCount, instructionSet: instructionSet)
      let weight = try weight(owner, type, outputs, inputs, compute: compute, isMapped: false)
      let all = product(weight, x, compute: compute)
      if whole.isEmpty { whole = all }
      #expect(sameBits(all, whole))
      for range in [0..<1, 511..<513, 599..<600, 100..<590] {
        let part = product(
          weight, Array(x[(range.lowerBound * inputs)..<(range.upperBound * inputs)]),
          compute: compute)
        let same = sameBits(
          part, Array(whole[(range.lowerBound * outputs)..<(range.upperBound * outputs)]))
        #expect(same, "rows \(range), \(threadCount) threads")
      }
    }
  }

  /// A product writes only its own rows and columns.
  @Test(arguments: vectorInstructionSets, types) func staysInBounds(
    instructionSet: InstructionSet, type: WeightType
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let quantizedType = try #require(type.quantized)
    let inputs = 256
    for outputs in [1, 7, 8, 9, 16, 17, 31, 33, 65, 113] {
      for rows in [1, 3, 17] {
        let bytes = weightBytes(type, count: inputs * outputs, seed: 3)
        let x = samples(rows * inputs, seed: 2)
        let y = GuardedFloats(count: rows * outputs, misalignment: 1)
        let quantized = Bytes(
          count: kernels.activationsByteCount(rows: rows, inputs: inputs))
        let scratch = Bytes(count: kernels.quantizedScratchByteCount(rows: rows))
        if quantizedType.takesQ8K {
          kernels.quantizeQ8K(x, rows: rows, inputs: inputs, into: quantized.start, stride: rows)
        } else {
          kernels.quantizeSignedQ80(
            x, rows: rows, inputs: inputs, into: quantized.start, stride: rows)
        }
        bytes.withUnsafeBytes { bytes in
          guard let start = bytes.baseAddress else { return }
          kernels.multiply(
            quantizedType,
            QuantizedProduct(
              x: quantized.start, rows: rows, inputs: inputs,
              weight: QuantizedRows(
                panels: start, panelCount: 0, fileRows: start,
                rowByteCount: bytes.count / outputs, outputs: outputs),
              panelRange: 0..<((outputs + 15) / 16), y: y.start, yStride: outputs,
              addsToY: false, scratch: scratch.start))
        }
        #expect(y.isIntact && y.isFinite, "\(rows) x \(outputs)")
      }
    }
  }

  /// Weights side by side, of several types and layouts, and sums with what was there.
  @Test(arguments: vectorInstructionSets + [.scalar], [false, true]) func stacksAndResiduals(
    instructionSet: InstructionSet, hasPlainPart: Bool
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let inputs = 256
    let plain: WeightType = hasPlainPart ? .f16 : .q80
    let parts = try [(WeightType.q4K, 40), (.q6K, 16), (plain, 19), (.q5K, 33)].map {
      type, outputs in
      try weight(
        Bytes(weightBytes(type, count: inputs * outputs, seed: 8)), type, outputs, inputs,
        compute: compute, isMapped: outputs == 16)
    }
    let stack = WeightStack(parts)
    #expect(stack.outputs == 108 && stack.inputs == inputs)
    for rows in [1, 5] {
      let values = samples(rows * inputs, seed: 9)
      let x = matrix(values, columns: inputs)
      var y = Matrix(rows: rows, columns: stack.outputs)
      compute.linear(x, stack, into: &y)
      let stacked = y.array()
      var column = 0
      for part in parts {
        let alone = product(part, values, compute: compute)
        let before = samples(rows * part.outputs, seed: 10)
        var sum = matrix(before, columns: part.outputs)
        compute.linear(x, WeightStack(part), addingTo: &sum)
        let sums = sum.array()
        for row in 0..<rows {
          for output in 0..<part.outputs {
            let index = row * part.outputs + output
            #expect(stacked[row * stack.outputs + column + output] == alone[index])
            #expect(sums[index] == alone[index] + before[index])
          }
        }
        column += part.outputs
      }
    }
  }

  /// Types without integer kernels are multiplied as Float32 weights of the same values.
  @Test(
    arguments: vectorInstructionSets,
    WeightType.allCases.filter { $0.quantized == nil && $0 != .f32 && $0 != .f16 })
  func otherTypesAreWidened(instructionSet: InstructionSet, type: WeightType) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    for (blocks, outputs) in [(1, 1), (2, 17), (1, 50)] {
      let inputs = type == .bf16 ? 37 * blocks : type.blockElementCount * blocks
      let bytes = weightBytes(type, count: inputs * outputs, seed: 3)
      var values = [Float](repeating: 0, count: inputs * outputs)
      bytes.withUnsafeBytes { bytes in
        values.withUnsafeMutableBufferPointer { widen(type: type, bytes: bytes, into: $0) }
      }
      let wide = try weight(
        Bytes(fileBytes(values)), .f32, outputs, inputs, compute: compute, isMapped: false)
      for isMapped in [false, true] {
        let narrow = try weight(
          Bytes(bytes), type, outputs, inputs, compute: compute, isMapped: isMapped)
        #expect(narrow.byteCount == bytes.count)
        for rows in [1, 7] {
          let x = samples(rows * inputs, seed: 5)
          let same = sameBits(
            product(narrow, x, compute: compute), product(wide, x, compute: compute))
          #expect(same, "\(type) \(rows) x \(inputs) x \(outputs)")
        }
      }
    }
  }

  @Test func tasksCoverAllUnitsInOrder() {
    for threadCount in 1...4 {
      for unitCount in [1, 2, 7, 8, 16, 17, 100, 448] {
        let tasks = GuidedSchedule(unitCount: unitCount, threadCount: threadCount)
        var next = 0
        for task in 0..<tasks.count {
          let units = tasks.units(of: task)
          #expect(units.lowerBound == next && !units.isEmpty)
          next = units.upperBound
        }
        #expect(next == unitCount)
      }
    }
  }

  private func weight(
    _ bytes: Bytes, _ type: WeightType, _ outputs: Int, _ inputs: Int, compute: ComputeContext,
    isMapped: Bool
  ) throws -> WeightMatrix {
    if isMapped {
      return try WeightMatrix(
        mapped: type, outputs: outputs, inputs: inputs, bytes: bytes.buffer, owner: bytes,
        compute: compute)
    }
    return try WeightMatrix(
      type: type, outputs: outputs, inputs: inputs, bytes: bytes.buffer, compute: compute,
      activations: .ggml)
  }

  private func product(_ weight: WeightMatrix, _ x: [Float], compute: ComputeContext) -> [Float] {
    var y = Matrix(rows: x.count / weight.inputs, columns: weight.outputs)
    compute.linear(matrix(x, columns: weight.inputs), WeightStack(weight), bias: nil, into: &y)
    return y.array()
  }
}

/// Bytes at a fixed address, two bytes after a 64-byte boundary, as a file's may be.
final class Bytes: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  let count: Int
  let start: UnsafeMutableRawPointer
  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  init(_ bytes: [UInt8]) {
    count = bytes.count
    memory = .allocate(byteCount: bytes.count + 2, alignment: 64)
    start = memory + 2
    bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: start, count: count).copyMemory(from: $0)
    }
  }

  /// Memory at a 64-byte boundary.
  init(count: Int) {
    self.count = count
    memory = .allocate(byteCount: count, alignment: 64)
    start = memory
  }

  deinit { memory.deallocate() }
}
