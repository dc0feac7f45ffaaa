package import KernelInterface
import _Builtin_intrinsics.intel

// Matrix product with `Q8_0` weights, by `vpdpbusd` (AVX-512 VNNI).
//
// `vpdpbusd` adds to each 32-bit lane the products of four unsigned with four signed bytes. A lane
// is an output of the layer; the four bytes are four inputs. The activations are unsigned and the
// weights signed, as the instruction wants them, so the sum is the dot product itself, and exact.
//
// After a block its integer becomes a Float32 and is added with its two scales, then the block's
// sum of weights times the offset of its activations; see `linearOffsetQ80` in KernelsReference,
// which takes the same steps in the same order.

/// Inputs in a group: the bytes of one lane.
package let blockGroup = 4

/// Rows of activations that the micro-kernel multiplies at once: 4 x 3 integer and 4 x 3
/// Float32 accumulators.
private let blockTileRows = 4

/// Blocks that are multiplied before the next row tile: 16 x 1,632 bytes of a panel stay in the
/// first-level cache.
private let blockDepth = 16

/// Bytes of one quantised row: the quants, then a Float32 scale a block and a Float32 offset a
/// block, filled up to whole cache lines.
package func offsetQ80RowByteCount(inputs: Int) -> Int {
  (inputs + inputs / 32 * 8 + 63) / 64 * 64
}

/// Multiplies some quantised rows by some panels of a `Q8_0` weight.
///
/// - Accuracy: equal to the scalar twin bit for bit.
/// - Complexity: O(rows × inputs × panels), no allocation.
package func linearOffsetQ80(_ product: OffsetQ80Product) {
  for panel in product.panelRange {
    for blockStart in stride(from: 0, to: product.inputs / 32, by: blockDepth) {
      multiplySlice(product, panel: panel, blockStart: blockStart)
    }
  }
}

/// Multiplies all rows by some blocks of one panel.
@inline(__always)
private func multiplySlice(_ product: OffsetQ80Product, panel: Int, blockStart: Int) {
  let blocks = product.inputs / 32
  let rowByteCount = offsetQ80RowByteCount(inputs: product.inputs)
  let count = min(blockDepth, blocks - blockStart)
  let isLast = blockStart + count == blocks
  let column = panel * panelColumns
  let firstBlock = panel * blocks + blockStart
  let weights = product.quants + firstBlock * 32 * panelColumns
  // The first three row tiles fetch the slice that follows, 512 of 1,536 bytes a block each.
  let nextSlice = weights + count * 32 * panelColumns
  var row = 0
  while row < product.rows {
    let rowCount = min(blockTileRows, product.rows - row)
    let tile = row / blockTileRows
    let source = product.x + row * rowByteCount
    let step = BlockStep(
      quants: source + blockStart * 32, scales: source + product.inputs + blockStart * 4,
      offsets: source + product.inputs + (blocks + blockStart) * 4, xStride: rowByteCount,
      weights: weights, weightScales: product.scales + firstBlock * panelColumns,
      weightSums: product.sums + firstBlock * panelColumns, count: count,
      ahead: tile < 3 ? nextSlice + tile * count * 512 : weights,
      aheadStep: tile < 3 ? 64 : 0,
      y: product.y + row * product.outputs + column, yStride: product.outputs,
      width: min(panelColumns, product.outputs - column), isStart: blockStart == 0,
      bias: isLast ? product.bias.map { $0 + column } : nil)
    switch rowCount {
    case 1: step.multiply(rows: 1)
    case 2: step.multiply(rows: 2)
    case 3: step.multiply(rows: 3)
    default: step.multiply(rows: 4)
    }
    if isLast {
      applyActivation(
        product.activation, step.y, rows: rowCount, stride: product.outputs, width: step.width)
    }
    row += rowCount
  }
}

/// Some blocks of one panel, for one tile of rows.
private struct BlockStep {
  /// The tile's first row at the first block; `xStride` bytes a row.
  var quants: UnsafeRawPointer
  var scales: UnsafeRawPointer
  var offsets: UnsafeRawPointer
  var xStride: Int
  /// The panel at the first block.
  var weights: UnsafeRawPointer
  var weightScales: UnsafePointer<Float16>
  var weightSums: UnsafePointer<Float>
  /// Blocks.
  var count: Int
  /// The address to prefetch meanwhile, `aheadStep` bytes per group.
  var ahead: UnsafeRawPointer
  var aheadStep: Int
  /// The tile's first row at the panel's first output; `yStride` elements a row.
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Outputs of the panel that exist.
  var width: Int
  /// Whether the sums begin at zero.
  var isStart: Bool
  /// The panel's bias, to add after the last block.
  var bias: UnsafePointer<Float>?

  /// Multiplies a tile of `rows` rows: a literal, so that each count becomes its own code.
  @_transparent
  func multiply(rows: Int) {
    var row0 = TileRow(y, width: width, start: isStart)
    var row1 = TileRow(y + (rows > 1 ? yStride : 0), width: width, start: isStart || rows < 2)
    var row2 = TileRow(y + (rows > 2 ? 2 * yStride : 0), width: width, start: isStart || rows < 3)
    var row3 = TileRow(y + (rows > 3 ? 3 * yStride : 0), width: width, start: isStart || rows < 4)
    var ahead = ahead
    for block in 0..<count {
      let activations = quants + block * 32
      let panel = weights + block * 32 * panelColumns
      var sum0 = IntegerRow()
      var sum1 = IntegerRow()
      var sum2 = IntegerRow()
      var sum3 = IntegerRow()
      for group in 0..<8 {
        let source = panel + group * 4 * panelColumns
        let first = loadBytes(source)
        let second = loadBytes(source + 64)
        let third = loadBytes(source + 128)
        prefetch(ahead)
        ahead += aheadStep
        let value = activations + group * 4
        sum0.add(value, first, second, third)
        if rows > 1 { sum1.add(value + xStride, first, second, third) }
        if rows > 2 { sum2.add(value + 2 * xStride, first, second, third) }
        if rows > 3 { sum3.add(value + 3 * xStride, first, second, third) }
      }
      let scale = weightScales + block * panelColumns
      let first = loadHalves(scale)
      let second = loadHalves(scale + laneCount)
      let third = loadHalves(scale + 2 * laneCount)
      let factor = scales + block * 4
      row0.add(sum0, factor, first, second, third)
      if rows > 1 { row1.add(sum1, factor + xStride, first, second, third) }
      if rows > 2 { row2.add(sum2, factor + 2 * xStride, first, second, third) }
      if rows > 3 { row3.add(sum3, factor + 3 * xStride, first, second, third) }
      // After all rows: by now the integers' registers are free.
      let total = TileRow(weightSums + block * panelColumns, width: panelColumns, start: false)
      let offset = offsets + block * 4
      row0.add(total, offset)
      if rows > 1 { row1.add(total, offset + xStride) }
      if rows > 2 { row2.add(total, offset + 2 * xStride) }
      if rows > 3 { row3.add(total, offset + 3 * xStride) }
    }
    row0.finish(y, width: width, bias: bias)
    if rows > 1 { row1.finish(y + yStride, width: width, bias: bias) }
    if rows > 2 { row2.finish(y + 2 * yStride, width: width, bias: bias) }
    if rows > 3 { row3.finish(y + 3 * yStride, width: width, bias: bias) }
  }
}

/// The integer sums of one row of a tile over one block.
private struct IntegerRow {
  var first = SIMD8<Int64>(repeating: 0)
  var second = SIMD8<Int64>(repeating: 0)
  var third = SIMD8<Int64>(repeating: 0)

  /// Adds the products of four inputs.
  @inline(__always)
  mutating func add(
    _ value: UnsafeRawPointer, _ first: SIMD8<Int64>, _ second: SIMD8<Int64>,
    _ third: SIMD8<Int64>
  ) {
    let x = _mm512_set1_epi32(value.loadUnaligned(as: Int32.self))
    self.first = _mm512_dpbusd_epi32(self.first, x, first)
    self.second = _mm512_dpbusd_epi32(self.second, x, second)
    self.third = _mm512_dpbusd_epi32(self.third, x, third)
  }
}

extension TileRow {
  /// Adds a block's integer sums with the scales of the weights and of the row.
  @inline(__always)
  fileprivate mutating func add(
    _ sums: IntegerRow, _ scale: UnsafeRawPointer, _ first: FloatLanes, _ second: FloatLanes,
    _ third: FloatLanes
  ) {
    let factor = broadcast(scale.loadUnaligned(as: Float.self))
    self.first = multiplyAdd(_mm512_cvtepi32_ps(sums.first) * first, factor, self.first)
    self.second = multiplyAdd(_mm512_cvtepi32_ps(sums.second) * second, factor, self.second)
    self.third = multiplyAdd(_mm512_cvtepi32_ps(sums.third) * third, factor, self.third)
  }

  /// Adds a block's sums of weights times the row's offset.
  @inline(__always)
  fileprivate mutating func add(_ sums: TileRow, _ offset: UnsafeRawPointer) {
    let factor = broadcast(offset.loadUnaligned(as: Float.self))
    first = multiplyAdd(sums.first, factor, first)
    second = multiplyAdd(sums.second, factor, second)
    third = multiplyAdd(sums.third, factor, third)
  }
}

/// 64 bytes, any alignment.
@inline(__always) private func loadBytes(_ source: UnsafeRawPointer) -> SIMD8<Int64> {
  source.loadUnaligned(as: SIMD8<Int64>.self)
}
