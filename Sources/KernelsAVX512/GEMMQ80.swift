package import KernelsReference
import _Builtin_intrinsics.intel

// Matrix product with `Q8_0` weights, by `vpdpbusd` (AVX-512 VNNI).
//
// `vpdpbusd` adds to each 32-bit lane the products of four unsigned with four signed bytes. A lane
// is an output of the layer; the four bytes are four inputs. The weights are stored as q + 128,
// which is unsigned, and the activations are signed, so a block's sum is too large by
// 128 · Σ x[i]: the quantiser stores that sum negated, and the lanes start from it. All of it is
// exact: |Σ| ≤ 32 · 255 · 127 + 32 · 128 · 127 < 2^31, and this form of the instruction wraps.
//
// After a block its integer becomes a Float32 and is added with its two scales; see
// `linearQ80` in KernelsReference, which takes the same steps in the same order.

/// Inputs in a group: the bytes of one lane.
package let blockGroup = 4

/// What is added to a quant before it is stored.
package let quantOffset: UInt8 = 128

/// Rows of activations that the micro-kernel multiplies at once: 4 x 3 integer and 4 x 3
/// Float32 accumulators.
private let blockTileRows = 4

/// Blocks that are multiplied before the next row tile: 16 x 1,632 bytes of a panel stay in the
/// first-level cache.
private let blockDepth = 16

/// Bytes of one quantised row: the quants, then a Float32 scale and an Int32 start a block, filled
/// up to whole cache lines.
package func quantizedRowByteCount(inputs: Int) -> Int {
  (inputs + inputs / 32 * 8 + 63) / 64 * 64
}

/// Multiplies some quantised rows by some panels of a `Q8_0` weight.
///
/// - Accuracy: equal to the scalar twin bit for bit.
/// - Complexity: O(rows × inputs × panels), no allocation.
package func multiplyBlocks(_ product: BlockProduct) {
  for panel in product.panelRange {
    for blockStart in stride(from: 0, to: product.inputs / 32, by: blockDepth) {
      multiplySlice(product, panel: panel, blockStart: blockStart)
    }
  }
}

/// Multiplies all rows by some blocks of one panel.
@inline(__always)
private func multiplySlice(_ product: BlockProduct, panel: Int, blockStart: Int) {
  let blocks = product.inputs / 32
  let rowByteCount = quantizedRowByteCount(inputs: product.inputs)
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
      starts: source + product.inputs + (blocks + blockStart) * 4, xStride: rowByteCount,
      weights: weights, weightScales: product.scales + firstBlock * panelColumns, count: count,
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
    if isLast, product.isGELU {
      applyGELU(step.y, rows: rowCount, stride: product.outputs, width: step.width)
    }
    row += rowCount
  }
}

/// Some blocks of one panel, for one tile of rows.
private struct BlockStep {
  /// The tile's first row at the first block; `xStride` bytes a row.
  var quants: UnsafeRawPointer
  var scales: UnsafeRawPointer
  var starts: UnsafeRawPointer
  var xStride: Int
  /// The panel at the first block.
  var weights: UnsafeRawPointer
  var weightScales: UnsafePointer<Float16>
  /// Blocks.
  var count: Int
  /// What to fetch into the cache meanwhile, `aheadStep` bytes a group.
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
      let start = starts + block * 4
      var sum0 = IntegerRow(start)
      var sum1 = rows > 1 ? IntegerRow(start + xStride) : sum0
      var sum2 = rows > 2 ? IntegerRow(start + 2 * xStride) : sum0
      var sum3 = rows > 3 ? IntegerRow(start + 3 * xStride) : sum0
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
    }
    row0.finish(y, width: width, bias: bias)
    if rows > 1 { row1.finish(y + yStride, width: width, bias: bias) }
    if rows > 2 { row2.finish(y + 2 * yStride, width: width, bias: bias) }
    if rows > 3 { row3.finish(y + 3 * yStride, width: width, bias: bias) }
  }
}

/// The integer sums of one row of a tile over one block.
private struct IntegerRow {
  var first: SIMD8<Int64>
  var second: SIMD8<Int64>
  var third: SIMD8<Int64>

  /// Begins at the quantiser's start value.
  @inline(__always)
  init(_ start: UnsafeRawPointer) {
    first = _mm512_set1_epi32(start.loadUnaligned(as: Int32.self))
    second = first
    third = first
  }

  /// Adds the products of four inputs.
  @inline(__always)
  mutating func add(
    _ value: UnsafeRawPointer, _ first: SIMD8<Int64>, _ second: SIMD8<Int64>,
    _ third: SIMD8<Int64>
  ) {
    let x = _mm512_set1_epi32(value.loadUnaligned(as: Int32.self))
    self.first = _mm512_dpbusd_epi32(self.first, first, x)
    self.second = _mm512_dpbusd_epi32(self.second, second, x)
    self.third = _mm512_dpbusd_epi32(self.third, third, x)
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
}

/// 64 bytes, any alignment.
@inline(__always) private func loadBytes(_ source: UnsafeRawPointer) -> SIMD8<Int64> {
  source.loadUnaligned(as: SIMD8<Int64>.self)
}
