package import KernelInterface

// Matrix product of `Q8_0` weights with activations of 16 bits, for few rows that have to be precise.
//
// The panels are those of `linearOffsetQ80`. A 32-bit lane is an output and holds the weights of four
// inputs; bytes 0 and 2 are widened to its two halves and multiplied by two activations, then bytes 1
// and 3. After a block its integer becomes a Float32 and is added with the scale of the weights; see
// `linearInt16Q80` in KernelsReference, which takes the same steps in the same order.

/// Rows that are multiplied at once: 3 x 3 integer sums, three pairs of activations, and two
/// registers for the widened weights.
private let tileRows16 = 3

/// Multiplies some rows that ``quantizeInt16(_:rows:inputs:into:)`` wrote by some panels of a `Q8_0`
/// weight; the sums of the panels are not read.
///
/// - Accuracy: equal to the scalar twin bit for bit.
/// - Complexity: O(rows × inputs × panels), no allocation.
package func linearInt16Q80(_ product: OffsetQ80Product) {
  for panel in product.panelRange {
    let column = panel * panelColumns
    let width = min(panelColumns, product.outputs - column)
    var row = 0
    while row < product.rows {
      let rowCount = rowsOfNextTile(left: product.rows - row, tileRows: tileRows16)
      let tile = Int16Tile(product, row: row, panel: panel, width: width)
      switch rowCount {
      case 1: tile.multiply(rows: 1)
      case 2: tile.multiply(rows: 2)
      default: tile.multiply(rows: 3)
      }
      row += rowCount
    }
    applyActivation(
      product.activation, product.y + column, rows: product.rows, stride: product.outputs,
      width: width)
  }
}

/// A tile of rows and one panel.
private struct Int16Tile {
  /// The tile's first row; `xStride` bytes a row, its scale after `scaleOffset` bytes.
  var x: UnsafeRawPointer
  var xStride: Int
  var scaleOffset: Int
  /// The panel's quants and scales.
  var weights: UnsafeRawPointer
  var weightScales: UnsafePointer<Float16>
  var blocks: Int
  /// The tile's first row at the panel's first output; `yStride` elements a row.
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Outputs of the panel that exist.
  var width: Int
  /// The panel's bias.
  var bias: UnsafePointer<Float>?

  @inline(__always)
  init(_ product: OffsetQ80Product, row: Int, panel: Int, width: Int) {
    let column = panel * panelColumns
    blocks = product.inputs / 32
    xStride = int16RowByteCount(inputs: product.inputs)
    x = product.x + row * xStride
    scaleOffset = product.inputs * 2
    weights = product.quants + panel * blocks * 32 * panelColumns
    weightScales = product.scales + panel * blocks * panelColumns
    y = product.y + row * product.outputs + column
    yStride = product.outputs
    self.width = width
    bias = product.bias.map { $0 + column }
  }

  /// Multiplies a tile of `rows` rows: a literal, so that each count becomes its own code.
  @_transparent
  func multiply(rows: Int) {
    var row0 = TileRow()
    var row1 = TileRow()
    var row2 = TileRow()
    var ahead = SlicePrefetch(
      slice: weights, stepCount: blocks * 8, sliceStepByteCount: blockGroup * panelColumns,
      tileCount: 1, largestStepByteCount: blockGroup * panelColumns)
    for block in 0..<blocks {
      var sums = Int16Sums()
      for group in 0..<8 {
        let source = weights + (block &* 8 &+ group) &* (blockGroup &* panelColumns)
        sums.add(x + (block &* 32 &+ group &* 4) &* 2, stride: xStride, source, rows: rows)
        // A group has 96 bytes, or 192.
        ahead.fetch(lineCount: laneCount == 16 ? 3 : 2)
      }
      let scale = TileRow(halves: weightScales + block &* panelColumns)
      row0.add(sums.row0, scale)
      if rows > 1 { row1.add(sums.row1, scale) }
      if rows > 2 { row2.add(sums.row2, scale) }
    }
    finish(row0, row: 0)
    if rows > 1 { finish(row1, row: 1) }
    if rows > 2 { finish(row2, row: 2) }
  }

  /// Writes a row's sums times its scale, with the bias.
  @inline(__always)
  private func finish(_ sums: TileRow, row: Int) {
    let scale = (x + row * xStride + scaleOffset).assumingMemoryBound(to: Float.self)
    var result = sums
    result.multiply(by: scale, registers: panelRegisters)
    result.finish(y + row * yStride, width: width, bias: bias)
  }
}

/// The integer sums of a tile over one block.
private struct Int16Sums {
  var row0 = IntegerRow()
  var row1 = IntegerRow()
  var row2 = IntegerRow()

  /// Adds the products of four inputs: activations 0 and 2 with those bytes, then 1 and 3.
  @_transparent
  mutating func add(
    _ x: UnsafeRawPointer, stride: Int, _ weights: UnsafeRawPointer, rows: Int
  ) {
    let even = IntegerRow(weights).map(evenSignedBytes)
    row0.add(pair: x, even)
    if rows > 1 { row1.add(pair: x + stride, even) }
    if rows > 2 { row2.add(pair: x + 2 * stride, even) }
    let odd = IntegerRow(weights).map(oddSignedBytes)
    row0.add(pair: x + 4, odd)
    if rows > 1 { row1.add(pair: x + stride + 4, odd) }
    if rows > 2 { row2.add(pair: x + 2 * stride + 4, odd) }
  }
}

extension IntegerRow {
  /// Each register changed.
  @inline(__always)
  fileprivate func map(_ transform: (IntegerLanes) -> IntegerLanes) -> IntegerRow {
    var result = self
    result.first = transform(first)
    result.second = transform(second)
    result.third = transform(third)
    return result
  }

  /// Adds the products of two activations with the halves of each lane.
  @inline(__always)
  fileprivate mutating func add(pair: UnsafeRawPointer, _ weights: IntegerRow) {
    let x = broadcastWord(pair)
    first = addPairLanes(first, weights.first, x)
    second = addPairLanes(second, weights.second, x)
    third = addPairLanes(third, weights.third, x)
  }
}

extension TileRow {
  /// Adds a block's integer sums with the scales of the weights.
  @inline(__always)
  fileprivate mutating func add(_ sums: IntegerRow, _ scales: TileRow) {
    first = multiplyAdd(floats(sums.first), scales.first, first)
    second = multiplyAdd(floats(sums.second), scales.second, second)
    third = multiplyAdd(floats(sums.third), scales.third, third)
  }
}
