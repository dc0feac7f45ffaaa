/// A weight's rows as they lie in a file, and the copies of them that kernels read.
///
/// Bounds: the caller has checked that the parts hold `outputs` rows of `inputs` elements.
struct WeightSource: @unchecked Sendable {
  let type: WeightType
  let inputs: Int
  let outputs: Int
  /// The address of each row.
  private let rows: [UnsafeRawPointer]

  init(type: WeightType, inputs: Int, outputs: Int, parts: [UnsafeRawBufferPointer]) {
    self.type = type
    self.inputs = inputs
    self.outputs = outputs
    let rowByteCount = inputs / type.blockElementCount * type.blockByteCount
    rows = parts.flatMap { part -> [UnsafeRawPointer] in
      guard let start = part.baseAddress else { return [] }
      return stride(from: 0, to: part.count, by: rowByteCount).map { start + $0 }
    }
  }

  /// Row-major Float32.
  func widenRows(into target: UnsafeMutableRawPointer, pool: WorkerPool) {
    let rowByteCount = inputs / type.blockElementCount * type.blockByteCount
    let address = Address(target)
    pool.run(taskCount: outputs) { row in
      let values = (address.pointer + row * inputs * 4)
        .bindMemory(to: Float.self, capacity: inputs)
      widen(
        type: type, bytes: UnsafeRawBufferPointer(start: rows[row], count: rowByteCount),
        into: UnsafeMutableBufferPointer(start: values, count: inputs))
    }
  }

  /// Panels of Float16, or of Float32 for every other type.
  func packPanels(
    into target: UnsafeMutableRawPointer, _ vector: VectorKernels, pool: WorkerPool
  ) {
    switch type {
    case .f32: transpose(as: UInt32.self, into: target, columns: vector.panelColumns, pool: pool)
    case .f16: transpose(as: UInt16.self, into: target, columns: vector.panelColumns, pool: pool)
    default: widenPanels(into: target, columns: vector.panelColumns, pool: pool)
    }
  }

  /// The generic path: panels of Float32 from rows of any type.
  private func widenPanels(
    into target: UnsafeMutableRawPointer, columns: Int, pool: WorkerPool
  ) {
    let rowByteCount = inputs / type.blockElementCount * type.blockByteCount
    let address = Address(target)
    pool.run(taskCount: (outputs + columns - 1) / columns) { panel in
      let start = (address.pointer + panel * inputs * columns * 4)
        .bindMemory(to: Float.self, capacity: inputs * columns)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: inputs) { values in
        for column in 0..<columns {
          let row = panel * columns + column
          if row < outputs {
            let bytes = UnsafeRawBufferPointer(start: rows[row], count: rowByteCount)
            widen(type: type, bytes: bytes, into: values)
          } else {
            values.initialize(repeating: 0)
          }
          for input in 0..<inputs { start[input * columns + column] = values[input] }
        }
      }
    }
  }

  private func transpose<Element: FixedWidthInteger & BitwiseCopyable>(
    as element: Element.Type, into target: UnsafeMutableRawPointer, columns: Int, pool: WorkerPool
  ) {
    let size = MemoryLayout<Element>.size
    let address = Address(target)
    pool.run(taskCount: (outputs + columns - 1) / columns) { panel in
      let start = address.pointer + panel * inputs * columns * size
      for column in 0..<columns {
        let row = panel * columns + column
        let source = row < outputs ? rows[row] : nil
        for input in 0..<inputs {
          let value =
            source?.loadUnaligned(fromByteOffset: input * size, as: Element.self) ?? 0
          start.storeBytes(
            of: value, toByteOffset: (input * columns + column) * size, as: Element.self)
        }
      }
    }
  }

  /// Panels of `Q8_0` quants, scales, and sums of blocks (scale times the sum of the quants).
  func packBlocks(
    into target: UnsafeMutableRawPointer, scalesOffset: Int, sumsOffset: Int,
    _ vector: VectorKernels, pool: WorkerPool
  ) {
    let columns = vector.panelColumns
    let group = vector.blockGroup
    let blocks = inputs / 32
    let address = Address(target)
    pool.run(taskCount: (outputs + columns - 1) / columns) { panel in
      let quants = address.pointer + panel * inputs * columns
      let scales = address.pointer + scalesOffset + panel * blocks * columns * 2
      let sums = address.pointer + sumsOffset + panel * blocks * columns * 4
      for column in 0..<columns {
        let row = panel * columns + column
        let source = row < outputs ? rows[row] : nil
        for block in 0..<blocks {
          let bytes = source.map { $0 + block * 34 }
          let scale = bytes?.loadUnaligned(as: Float16.self) ?? 0
          scales.storeBytes(
            of: scale, toByteOffset: (block * columns + column) * 2, as: Float16.self)
          var sum: Int32 = 0
          for index in 0..<32 {
            let quant = bytes?.load(fromByteOffset: 2 + index, as: Int8.self) ?? 0
            sum += Int32(quant)
            let groupIndex = (block * 32 + index) / group
            quants.storeBytes(
              of: quant, toByteOffset: (groupIndex * columns + column) * group + index % group,
              as: Int8.self)
          }
          sums.storeBytes(
            of: Float(sum) * Float(scale), toByteOffset: (block * columns + column) * 4,
            as: Float.self)
        }
      }
    }
  }
}

/// A pointer that tasks of one step share, each writing its own part.
struct Address<Pointer>: @unchecked Sendable {
  let pointer: Pointer

  init(_ pointer: Pointer) { self.pointer = pointer }
}
