package import KernelInterface

// Matrix product with Float32 or Float16 weights in panels.
//
// A panel holds `panelColumns` outputs of the layer, transposed: for each input i in ascending
// order, the weights of all its outputs side by side, so that one register load gives the weights
// of `laneCount` outputs for one input. A micro-kernel keeps a tile of up to `panelTileRows` rows by
// one panel in registers and adds one input at a time: broadcast x[row, i], multiply, accumulate.
//
// Each element of y is one chain of fused multiply-adds over ascending i. The chain is cut into
// blocks of `depthBlock` inputs so that a panel's slice stays in a near cache while the rows pass
// over it; between blocks the partial sum rests in y.

/// Registers in a row of a panel.
let panelRegisters = 3

/// Outputs of one panel.
package let panelColumns = panelRegisters * laneCount

/// Inputs that are multiplied before the next row tile.
///
/// 384 x 192 bytes = 72 KB of panel at 512 bits and 36 KB at 256, which stream from the second-level
/// cache. At 512 bits 128, 192, 256 and 384 gave 195, 214, 215 and 224 GFLOP/s (peak 236), since each
/// block also loads and stores the sums; at 256 bits they are within 2 %.
let depthBlock = 384

/// Bytes that a row tile prefetches for one input at most: whole cache lines.
private let prefetchByteCount = laneCount == 16 ? 128 : 64

/// Rows of the next tile of `left` rows: a whole tile, or half of what is left where another tile would
/// have few rows, since sums too few for the latency of a multiplication wait for one another.
@inline(__always)
func rowsOfNextTile(left: Int, tileRows: Int) -> Int {
  left > tileRows && left < 2 * tileRows ? (left + 1) / 2 : min(left, tileRows)
}

extension TileRow {
  /// A row of a panel's outputs: goes on from the sums in memory, or starts from zero.
  @inline(__always)
  init(_ source: UnsafePointer<Float>, width: Int, start: Bool) {
    if start { self.init() } else { self.init(source, width: width, registers: panelRegisters) }
  }

  /// Writes a row of a panel's outputs, with the bias when there is one.
  @_transparent
  func finish(_ target: UnsafeMutablePointer<Float>, width: Int, bias: UnsafePointer<Float>?) {
    var sums = self
    if let bias {
      sums.add(
        TileRow(bias, width: width, registers: panelRegisters), registers: panelRegisters)
    }
    sums.write(target, width: width, registers: panelRegisters)
  }
}

/// One block of inputs of one panel, for one tile of rows.
struct PanelStep {
  /// The tile's first row, at the block's first input; `xStride` elements a row.
  var x: UnsafePointer<Float>
  var xStride: Int
  /// The panel, at the block's first input.
  var weights: UnsafeRawPointer
  /// Inputs in the block.
  var depth: Int
  /// The bytes to prefetch meanwhile.
  var ahead: SlicePrefetch
  /// The tile's first row at the panel's first output; `yStride` elements a row.
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Outputs of the panel that exist.
  var width: Int
  /// Whether this is the first block, so that the sums begin at zero.
  var isStart: Bool
  /// The panel's bias, to add after the last block.
  var bias: UnsafePointer<Float>?

  /// Multiplies a tile of `rows` rows: a literal, so that each count becomes its own code.
  @_transparent
  func multiply(rows: Int, halves: Bool) {
    var sums =
      isStart
      ? RowTile()
      : RowTile(y, stride: yStride, width: width, rows: rows, registers: panelRegisters)
    var place = PanelPlace(
      numbers: TileNumbers(x, stride: xStride, rows: rows), weights: weights)
    var ahead = ahead
    var left = depth
    if laneCount == 8, rows > 1 {
      // Four inputs at once, since counting is a quarter of the instructions of a loop of one, and a
      // core that two hardware threads share decodes only three a cycle for each.
      while left >= 4 {
        sums.add(&place, rows: rows, halves: halves)
        sums.add(&place, rows: rows, halves: halves)
        sums.add(&place, rows: rows, halves: halves)
        sums.add(&place, rows: rows, halves: halves)
        // The share of one of two tiles: 4 x 96 / 2 bytes.
        ahead.fetch(lineCount: 3, steps: 4, far: true)
        left -= 4
      }
    }
    while left > 0 {
      sums.add(&place, rows: rows, halves: halves)
      ahead.fetch(lineCount: prefetchByteCount / 64, far: rows > 1)
      left -= 1
    }
    if let bias {
      sums.add(
        TileRow(bias, width: width, registers: panelRegisters), rows: rows,
        registers: panelRegisters)
    }
    sums.write(y, stride: yStride, width: width, rows: rows, registers: panelRegisters)
  }

  /// Multiplies a tile whose row count is known at run time; `halves` is a literal.
  @_transparent
  func multiply(rowCount: Int, halves: Bool) {
    switch rowCount {
    case 1: multiply(rows: 1, halves: halves)
    case 2: multiply(rows: 2, halves: halves)
    case 3: multiply(rows: 3, halves: halves)
    case 4: multiply(rows: 4, halves: halves)
    case 5 where panelTileRows > 4: multiply(rows: 5, halves: halves)
    case 6 where panelTileRows > 4: multiply(rows: 6, halves: halves)
    case 7 where panelTileRows > 6: multiply(rows: 7, halves: halves)
    default: multiply(rows: panelTileRows, halves: halves)
    }
  }
}

/// The place of a tile in its rows and in its panel.
private struct PanelPlace {
  var numbers: TileNumbers
  var weights: UnsafeRawPointer
}

extension RowTile {
  /// Adds the products of one input, and goes on to the next.
  @_transparent
  fileprivate mutating func add(_ place: inout PanelPlace, rows: Int, halves: Bool) {
    var term = TileRow()
    term.first = panelLoad(place.weights, register: 0, halves: halves)
    term.second = panelLoad(place.weights, register: 1, halves: halves)
    term.third = panelLoad(place.weights, register: 2, halves: halves)
    add(place.numbers, term, rows: rows, registers: panelRegisters)
    place.numbers.advance(by: 1)
    place.weights += panelColumns * (halves ? 2 : 4)
  }
}

/// The weights of one input for `laneCount` outputs.
@inline(__always)
func panelLoad(_ weights: UnsafeRawPointer, register: Int, halves: Bool) -> FloatLanes {
  halves
    ? loadHalves((weights + register * laneCount * 2).assumingMemoryBound(to: Float16.self))
    : load((weights + register * laneCount * 4).assumingMemoryBound(to: Float.self))
}

/// Multiplies some rows by some panels of a Float32 or Float16 weight.
///
/// - Accuracy: each element is one chain of fused multiply-adds over ascending inputs, then the
///   bias: within `(inputs + 1) · 2⁻²⁴ · (Σ|x·w| + |b|)` of the exact value, to first order.
/// - Complexity: O(rows × inputs × panels), no allocation.
package func linearPanels(_ product: PanelProduct) {
  for panel in product.panelRange {
    for depthStart in stride(from: 0, to: product.inputs, by: depthBlock) {
      multiplySlice(product, panel: panel, depthStart: depthStart)
    }
  }
}

/// Multiplies all rows by one block of inputs of one panel.
@inline(__always)
private func multiplySlice(_ product: PanelProduct, panel: Int, depthStart: Int) {
  let inputs = product.inputs
  let inputByteCount = panelColumns * (product.isHalf ? 2 : 4)
  let depth = min(depthBlock, inputs - depthStart)
  let isLast = depthStart + depth == inputs
  let column = panel * panelColumns
  let weights = product.panels + (panel * inputs + depthStart) * inputByteCount
  let width = min(panelColumns, product.outputs - column)
  var ahead = SlicePrefetch(
    slice: weights, stepCount: depth, sliceStepByteCount: inputByteCount,
    tileCount: (product.rows + panelTileRows - 1) / panelTileRows,
    largestStepByteCount: prefetchByteCount)
  var row = 0
  while row < product.rows {
    let rowCount = rowsOfNextTile(left: product.rows - row, tileRows: panelTileRows)
    let step = PanelStep(
      x: product.x + row * inputs + depthStart, xStride: inputs, weights: weights, depth: depth,
      ahead: ahead, y: product.y + row * product.outputs + column, yStride: product.outputs,
      width: width, isStart: depthStart == 0,
      bias: isLast ? product.bias.map { $0 + column } : nil)
    if product.isHalf {
      step.multiply(rowCount: rowCount, halves: true)
    } else {
      step.multiply(rowCount: rowCount, halves: false)
    }
    row += rowCount
    ahead.advance(bySteps: depth)
  }
  if isLast {
    applyActivation(
      product.activation, product.y + column, rows: product.rows, stride: product.outputs,
      width: width)
  }
}
