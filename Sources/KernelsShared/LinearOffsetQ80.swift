package import KernelInterface

// Matrix product with `Q8_0` weights, by products of unsigned with signed bytes.
//
// A 32-bit lane is an output of the layer, and its four bytes are four inputs: the activations
// unsigned, the weights signed. ``addByteProducts(_:_:_:)`` adds the four products to the lane, so
// the sum is the dot product itself, and exact.
//
// After a block its integer becomes a Float32 and is added with its two scales, then the block's
// sum of weights times the offset of its activations; see `linearOffsetQ80` in KernelsReference,
// which takes the same steps in the same order.

/// Inputs in a group: the bytes of one lane.
package let blockGroup = 4

/// Blocks that are multiplied before the next row tile: 16 x 1,632 bytes of a panel at 512 bits,
/// 16 x 816 at 256, stay in the first-level cache.
private let blockDepth = 16

/// Bytes of one quantised row: the quants, then a Float32 scale a block and a Float32 offset a
/// block, then the outlier where ``rowsHaveOutliers``, filled up to whole cache lines.
package func offsetQ80RowByteCount(inputs: Int) -> Int {
  (outlierOffset(inputs: inputs) + (rowsHaveOutliers ? 8 : 0) + 63) / 64 * 64
}

/// Bytes from a quantised row to its outlier, after the scales and the offsets.
@inline(__always)
func outlierOffset(inputs: Int) -> Int { inputs + inputs / 32 * 8 }

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
  let width = min(panelColumns, product.outputs - column)
  let groupByteCount = blockGroup * panelColumns
  var ahead = SlicePrefetch(
    slice: weights, stepCount: count * 8, sliceStepByteCount: groupByteCount,
    tileCount: (product.rows + blockTileRows - 1) / blockTileRows,
    largestStepByteCount: groupByteCount)
  var row = 0
  while row < product.rows {
    let rowCount = rowsOfNextTile(left: product.rows - row, tileRows: blockTileRows)
    let source = product.x + row * rowByteCount
    let step = BlockStep(
      quants: source + blockStart * 32, scales: source + product.inputs + blockStart * 4,
      offsets: source + product.inputs + (blocks + blockStart) * 4, xStride: rowByteCount,
      weights: weights, weightScales: product.scales + firstBlock * panelColumns,
      weightSums: product.sums + firstBlock * panelColumns,
      panel: BlockPanel(product, panel: panel), count: count,
      ahead: ahead, y: product.y + row * product.outputs + column, yStride: product.outputs,
      width: width, isStart: blockStart == 0, alias: product.inputs % 32,
      outlier: rowsHaveOutliers && isLast ? source + outlierOffset(inputs: product.inputs) : nil,
      bias: isLast ? product.bias.map { $0 + column } : nil)
    switch rowCount {
    case 1: step.multiply(rows: 1)
    case 2: step.multiply(rows: 2)
    case 3: step.multiply(rows: 3)
    default: step.multiply(rows: 4)
    }
    row += rowCount
    ahead.advance(bySteps: count * 8)
  }
  if isLast {
    applyActivation(
      product.activation, product.y + column, rows: product.rows, stride: product.outputs,
      width: width)
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
  /// The panel at the first block of all.
  var panel: BlockPanel
  /// Blocks.
  var count: Int
  /// The bytes to prefetch meanwhile, a step for each group.
  var ahead: SlicePrefetch
  /// The tile's first row at the panel's first output; `yStride` elements a row.
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Outputs of the panel that exist.
  var width: Int
  /// Whether the sums begin at zero.
  var isStart: Bool
  /// Zero, which the compiler does not know: with ``rowsLoadWeights`` each row reads the weights at
  /// addresses of its own.
  var alias: Int
  /// The outlier of the tile's first row, to add after the last block; `xStride` bytes a row.
  var outlier: UnsafeRawPointer?
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
      var sums = BlockSums()
      let operands = BlockOperands(
        activations: quants + block &* 32, xStride: xStride,
        panel: weights + block &* (32 &* panelColumns), alias: alias)
      if laneCount == 8, rows > 1 {
        // Written out, so that nothing is counted, offsets are parts of instructions, and the first
        // sums need no addition.
        sums.add(operands, group: 0, rows: rows)
        sums.add(operands, group: 1, rows: rows)
        sums.add(operands, group: 2, rows: rows)
        sums.add(operands, group: 3, rows: rows)
        sums.add(operands, group: 4, rows: rows)
        sums.add(operands, group: 5, rows: rows)
        sums.add(operands, group: 6, rows: rows)
        sums.add(operands, group: 7, rows: rows)
        ahead.fetchAllLines(steps: 8)
      } else {
        for group in 0..<8 {
          sums.add(operands, group: group, rows: rows)
          // A row alone prefetches whole groups: 96 bytes, or 192.
          ahead.fetch(lineCount: rows > 1 ? 1 : laneCount == 16 ? 3 : 2)
        }
      }
      let scale = TileRow(halves: weightScales + block &* panelColumns)
      let factor = scales + block &* 4
      row0.add(sums.row0, factor, scale)
      if rows > 1 { row1.add(sums.row1, factor + xStride, scale) }
      if rows > 2 { row2.add(sums.row2, factor + 2 * xStride, scale) }
      if rows > 3 { row3.add(sums.row3, factor + 3 * xStride, scale) }
      // After all rows: by now the integers' registers are free.
      let total = TileRow(weightSums + block &* panelColumns, width: panelColumns, start: false)
      let offset = offsets + block &* 4
      row0.add(total, offset)
      if rows > 1 { row1.add(total, offset + xStride) }
      if rows > 2 { row2.add(total, offset + 2 * xStride) }
      if rows > 3 { row3.add(total, offset + 3 * xStride) }
    }
    if rowsHaveOutliers, let outlier {
      row0.add(outlier: outlier, panel)
      if rows > 1 { row1.add(outlier: outlier + xStride, panel) }
      if rows > 2 { row2.add(outlier: outlier + 2 * xStride, panel) }
      if rows > 3 { row3.add(outlier: outlier + 3 * xStride, panel) }
    }
    row0.finish(y, width: width, bias: bias)
    if rows > 1 { row1.finish(y + yStride, width: width, bias: bias) }
    if rows > 2 { row2.finish(y + 2 * yStride, width: width, bias: bias) }
    if rows > 3 { row3.finish(y + 3 * yStride, width: width, bias: bias) }
  }
}

/// The weights of a panel.
private struct BlockPanel {
  var quants: UnsafeRawPointer
  var scales: UnsafePointer<Float16>

  @inline(__always)
  init(_ product: OffsetQ80Product, panel: Int) {
    quants = product.quants + panel * product.inputs * panelColumns
    scales = product.scales + panel * product.inputs / 32 * panelColumns
  }
}

/// One block of a panel and of a tile's rows.
private struct BlockOperands {
  /// The tile's first row; `xStride` bytes a row.
  var activations: UnsafeRawPointer
  var xStride: Int
  /// The panel's groups.
  var panel: UnsafeRawPointer
  /// Zero; see ``BlockStep/alias``.
  var alias: Int

  /// The bytes of a group for one row of the tile.
  @_transparent
  func bytes(group: Int, row: Int) -> IntegerRow {
    IntegerRow(panel + (rowsLoadWeights ? row * alias : 0) + group * 4 * panelColumns)
  }
}

/// The integer sums of a tile over one block.
private struct BlockSums {
  var row0 = IntegerRow()
  var row1 = IntegerRow()
  var row2 = IntegerRow()
  var row3 = IntegerRow()

  /// Adds the products of one group.
  @_transparent
  mutating func add(_ block: BlockOperands, group: Int, rows: Int) {
    let value = block.activations + group * 4
    row0.add(value, block.bytes(group: group, row: 0))
    if rows > 1 { row1.add(value + block.xStride, block.bytes(group: group, row: 1)) }
    if rows > 2 { row2.add(value + 2 * block.xStride, block.bytes(group: group, row: 2)) }
    if rows > 3 { row3.add(value + 3 * block.xStride, block.bytes(group: group, row: 3)) }
  }
}

extension TileRow {
  /// Adds a block's integer sums with the scales of the weights and of the row.
  @inline(__always)
  fileprivate mutating func add(_ sums: IntegerRow, _ scale: UnsafeRawPointer, _ scales: TileRow) {
    let factor = broadcast(scale.loadUnaligned(as: Float.self))
    first = multiplyAdd(floats(sums.first), scales.first * factor, first)
    second = multiplyAdd(floats(sums.second), scales.second * factor, second)
    third = multiplyAdd(floats(sums.third), scales.third * factor, third)
  }

  /// Adds the product of the row's outlier: its residual times the weights of its input.
  @inline(__always)
  fileprivate mutating func add(outlier: UnsafeRawPointer, _ panel: BlockPanel) {
    let input = Int(outlier.load(as: Int32.self))
    let residual = broadcast(outlier.load(fromByteOffset: 4, as: Float.self))
    // From the input's byte on, so that it is the lowest of each lane; the last lane's other three are
    // those of the next group, or of the scales after the last.
    let bytes = IntegerRow(panel.quants + input / 4 * (blockGroup * panelColumns) + input % 4)
    let scale = TileRow(halves: panel.scales + input / 32 * panelColumns)
    first = multiplyAdd(floats(signedLowBytes(bytes.first)) * scale.first, residual, first)
    second = multiplyAdd(floats(signedLowBytes(bytes.second)) * scale.second, residual, second)
    third = multiplyAdd(floats(signedLowBytes(bytes.third)) * scale.third, residual, third)
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
