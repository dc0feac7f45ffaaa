import KernelInterface
import KernelsReference
import Synchronization

/// A weight's rows as in its file, and the copies of them that kernels read.
///
/// Bounds: the caller has checked that the parts hold `outputs` rows of `inputs` elements.
struct WeightPacker: @unchecked Sendable {
  let type: WeightType
  let inputs: Int
  let outputs: Int
  /// The stacked matrices, each whole rows.
  private let parts: [UnsafeRawBufferPointer]
  /// The address of each row.
  private let rows: [UnsafeRawPointer]

  init(type: WeightType, inputs: Int, outputs: Int, parts: [UnsafeRawBufferPointer]) {
    self.type = type
    self.inputs = inputs
    self.outputs = outputs
    self.parts = parts
    let rowByteCount = inputs / type.blockElementCount * type.blockByteCount
    rows = parts.flatMap { part -> [UnsafeRawPointer] in
      guard let start = part.baseAddress else { return [] }
      return stride(from: 0, to: part.count, by: rowByteCount).map { start + $0 }
    }
  }

  /// Throws when a block has a scale that is not finite, naming the first such block of the first
  /// such part; rows count from the start of their part.
  func checkScales(pool: WorkerPool) throws(KernelError) {
    for part in parts { try Kernels.checkScales(part, type: type, inputs: inputs, pool: pool) }
  }

  /// Row-major Float32.
  func widenRows(into target: UnsafeMutableRawPointer, pool: WorkerPool) {
    let rowByteCount = rowByteCount
    let address = Address(target)
    pool.run(taskCount: outputs) { row in
      let values = (address.pointer + row * inputs * 4)
        .bindMemory(to: Float.self, capacity: inputs)
      widen(
        type: type, bytes: UnsafeRawBufferPointer(start: rows[row], count: rowByteCount),
        into: UnsafeMutableBufferPointer(start: values, count: inputs))
    }
  }

  /// Panels of Float32 or Float16 in the file's own type.
  func packPanels(
    into target: UnsafeMutableRawPointer, _ kernels: any PackedKernelSet, pool: WorkerPool
  ) {
    if type == .f32 {
      transpose(as: UInt32.self, into: target, columns: kernels.panelColumns, pool: pool)
    } else {
      transpose(as: UInt16.self, into: target, columns: kernels.panelColumns, pool: pool)
    }
  }

  /// Panels of 16 interleaved rows, then the rows that fill no panel.
  ///
  /// The scales of a panel's rows are looked at right after it is interleaved: the file's bytes
  /// then come from memory once, not twice.
  ///
  /// - Throws: as ``checkScales(pool:)``; `target` is not to be used then.
  /// - Complexity: one pass at 6 to 11 GB/s and thread where the source is in memory.
  func interleaveRows(
    into target: UnsafeMutableRawPointer, _ format: InterleavedFormat,
    _ kernels: any PackedKernelSet,
    pool: WorkerPool
  ) throws(KernelError) {
    let panelByteCount = format.panelByteCount(inputs: inputs)
    let panelCount = outputs / InterleavedFormat.rowCount
    let blockCount = inputs / format.blockElementCount
    let halvesByteCount =
      format.halfOffset == nil ? 0 : blockCount * InterleavedFormat.rowCount * 2
    let address = Address(target)
    let isSound = Atomic(true)
    // About 256 KB a task: some 30 µs.
    let panelsPerTask = max(1, (256 << 10) / panelByteCount)
    pool.run(taskCount: (panelCount + panelsPerTask - 1) / panelsPerTask) { task in
      let first = task * panelsPerTask
      rows.withUnsafeBufferPointer { rows in
        guard let start = rows.baseAddress else { return }
        for panel in first..<min(panelCount, first + panelsPerTask) {
          let panelRows = start + panel * InterleavedFormat.rowCount
          let panelStart = address.pointer + panel * panelByteCount
          kernels.interleave(
            InterleaveStep(
              rows: panelRows, blockCount: blockCount,
              format: format, halves: panelStart, words: panelStart + halvesByteCount))
          if !hasFiniteScales(
            UnsafeBufferPointer(start: panelRows, count: InterleavedFormat.rowCount))
          {
            isSound.store(false, ordering: .relaxed)
          }
        }
      }
    }
    let rest = (panelCount * InterleavedFormat.rowCount)..<outputs
    copyRows(rest, into: target)
    let restIsSound = rows[rest].withUnsafeBufferPointer { hasFiniteScales($0) }
    // Where there is one, a second pass finds the first.
    if !isSound.load(ordering: .relaxed) || !restIsSound { try checkScales(pool: pool) }
  }

  /// Whether all scales of some rows are finite.
  private func hasFiniteScales(_ rows: UnsafeBufferPointer<UnsafeRawPointer>) -> Bool {
    rows.allSatisfy {
      let bytes = UnsafeRawBufferPointer(start: $0, count: rowByteCount)
      return type.format.firstBlockWithoutFiniteScale(bytes.bytes) == nil
    }
  }

  /// All rows as they are.
  func copyRows(into target: UnsafeMutableRawPointer) { copyRows(0..<outputs, into: target) }

  private func copyRows(_ range: Range<Int>, into target: UnsafeMutableRawPointer) {
    for row in range {
      (target + row * rowByteCount).copyMemory(from: rows[row], byteCount: rowByteCount)
    }
  }

  /// Bytes of a row.
  private var rowByteCount: Int { inputs / type.blockElementCount * type.blockByteCount }

  /// Bytes of all rows.
  var byteCount: Int { outputs * rowByteCount }

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
    _ kernels: any PackedKernelSet, pool: WorkerPool
  ) {
    let columns = kernels.panelColumns
    let group = kernels.blockGroup
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
