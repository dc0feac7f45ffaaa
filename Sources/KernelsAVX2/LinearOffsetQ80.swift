package import KernelInterface
import _Builtin_intrinsics.intel

// Matrix product with `Q8_0` weights, by `vpmaddwd`.
//
// `vpmaddubsw` would multiply bytes, but adds pairs in sixteen bits, where 2 · 255 · 128 does not
// fit. So the weights are widened to sixteen bits as they are loaded (`vpmovsxbw`), the activations
// are stored in sixteen bits, and `vpmaddwd` adds pairs of products in 32 bits: exact. A 32-bit
// lane is an output of the layer, and its pair is two inputs. This costs one multiplication for
// 16 products.
//
// After a block its integer becomes a Float32 and is added with its two scales, then the block's
// sum of weights times the offset of its activations; see `linearOffsetQ80` in KernelsReference,
// which takes the same steps in the same order.

/// Inputs in a group: the 16-bit halves of one lane.
package let blockGroup = 2

/// Rows of activations that the micro-kernel multiplies at once: 4 x 2 integer accumulators; the
/// Float32 sums rest in y between blocks.
private let blockTileRows = 4

/// Blocks that are multiplied before the next row tile: 16 x 544 bytes of a panel and as much of
/// the rows stay in the first-level cache.
private let blockDepth = 16

/// Bytes of one quantised row: the quants in Int16, then a Float32 scale a block and a Float32
/// offset a block, filled up to whole cache lines.
package func offsetQ80RowByteCount(inputs: Int) -> Int {
  (inputs * 2 + inputs / 32 * 8 + 63) / 64 * 64
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
  var row = 0
  while row < product.rows {
    let rowCount = min(blockTileRows, product.rows - row)
    let source = product.x + row * rowByteCount
    let step = BlockStep(
      quants: source + blockStart * 64, scales: source + product.inputs * 2 + blockStart * 4,
      offsets: source + product.inputs * 2 + (blocks + blockStart) * 4, xStride: rowByteCount,
      weights: product.quants + firstBlock * 32 * panelColumns,
      weightScales: product.scales + firstBlock * panelColumns,
      weightSums: product.sums + firstBlock * panelColumns, count: count,
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
    for block in 0..<count {
      let activations = quants + block * 64
      let panel = weights + block * 32 * panelColumns
      var sum0 = IntegerRow()
      var sum1 = IntegerRow()
      var sum2 = IntegerRow()
      var sum3 = IntegerRow()
      for group in 0..<16 {
        let source = panel + group * 2 * panelColumns
        let first = loadWidened(source)
        let second = loadWidened(source + 16)
        let value = activations + group * 4
        sum0.add(value, first, second)
        if rows > 1 { sum1.add(value + xStride, first, second) }
        if rows > 2 { sum2.add(value + 2 * xStride, first, second) }
        if rows > 3 { sum3.add(value + 3 * xStride, first, second) }
      }
      let scale = weightScales + block * panelColumns
      let first = loadHalves(scale)
      let second = loadHalves(scale + laneCount)
      finish(sum0, row: 0, block: block, first, second)
      if rows > 1 { finish(sum1, row: 1, block: block, first, second) }
      if rows > 2 { finish(sum2, row: 2, block: block, first, second) }
      if rows > 3 { finish(sum3, row: 3, block: block, first, second) }
    }
  }

  /// Adds a block's integer sums, with the scales and offsets, to y.
  @inline(__always)
  private func finish(
    _ sums: IntegerRow, row: Int, block: Int, _ first: FloatLanes, _ second: FloatLanes
  ) {
    let target = y + row * yStride
    var total = TileRow(target, width: width, start: isStart && block == 0)
    let factor = broadcast(
      (scales + row * xStride + block * 4).loadUnaligned(as: Float.self))
    total.first = multiplyAdd(_mm256_cvtepi32_ps(sums.first) * first, factor, total.first)
    total.second = multiplyAdd(_mm256_cvtepi32_ps(sums.second) * second, factor, total.second)
    let offset = broadcast(
      (offsets + row * xStride + block * 4).loadUnaligned(as: Float.self))
    let weightSum = weightSums + block * panelColumns
    total.first = multiplyAdd(load(weightSum), offset, total.first)
    total.second = multiplyAdd(load(weightSum + laneCount), offset, total.second)
    total.finish(target, width: width, bias: block + 1 == count ? bias : nil)
  }
}

/// The integer sums of one row of a tile over one block.
private struct IntegerRow {
  var first = _mm256_setzero_si256()
  var second = _mm256_setzero_si256()

  /// Adds the products of two inputs.
  @inline(__always)
  mutating func add(_ value: UnsafeRawPointer, _ first: SIMD4<Int64>, _ second: SIMD4<Int64>) {
    let x = _mm256_set1_epi32(value.loadUnaligned(as: Int32.self))
    self.first = _mm256_add_epi32(self.first, _mm256_madd_epi16(first, x))
    self.second = _mm256_add_epi32(self.second, _mm256_madd_epi16(second, x))
  }
}

/// 16 signed bytes, widened to 16 bits.
@inline(__always) private func loadWidened(_ source: UnsafeRawPointer) -> SIMD4<Int64> {
  _mm256_cvtepi8_epi16(source.loadUnaligned(as: SIMD2<Int64>.self))
}
