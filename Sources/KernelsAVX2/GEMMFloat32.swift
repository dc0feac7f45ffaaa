package import KernelsReference

// Matrix product with Float32 or Float16 weights in panels.
//
// A panel holds `panelColumns` outputs of the layer, transposed: for each input i in ascending
// order, the weights of all its outputs side by side, so that one register load gives the weights
// of `laneCount` outputs for one input. A micro-kernel keeps a tile of up to `tileRows` rows by one
// panel in registers and adds one input at a time: broadcast x[row, i], multiply, accumulate.
//
// Each element of y is one chain of fused multiply-adds over ascending i. The chain is cut into
// blocks of `depthBlock` inputs so that a panel's slice stays in a near cache while the rows pass over
// it; between blocks the partial sum rests in y.

/// Outputs of one panel.
package let panelColumns = panelRegisters * laneCount

/// Inputs that are multiplied before the next row tile.
///
/// At 512 bits 384 x 192 bytes = 72 KB of panel, which streams from the second-level cache: 128,
/// 192, 256 and 384 gave 195, 214, 215 and 224 GFLOP/s (peak 236), since each block also loads and
/// stores the sums. At 256 bits 256 x 64 bytes = 16 KB, which stays in the first-level cache.
let depthBlock = laneCount == 16 ? 384 : 256

/// Bytes that a row tile fetches ahead in one step: two cache lines.
let prefetchByteCount = 128

/// The sums of one row of a tile.
struct TileRow {
  var first = zeroLanes()
  var second = zeroLanes()
  var third = zeroLanes()

  /// Adds the products of one input.
  @inline(__always)
  mutating func add(
    _ value: UnsafePointer<Float>, _ first: FloatLanes, _ second: FloatLanes, _ third: FloatLanes
  ) {
    let x = broadcast(value.pointee)
    self.first = multiplyAdd(x, first, self.first)
    self.second = multiplyAdd(x, second, self.second)
    if panelRegisters > 2 { self.third = multiplyAdd(x, third, self.third) }
  }

  /// Continues from the sums in memory.
  @inline(__always)
  init(_ source: UnsafePointer<Float>, width: Int, start: Bool) {
    guard !start else { return }
    if width == panelColumns {
      first = load(source)
      second = load(source + laneCount)
      if panelRegisters > 2 { third = load(source + 2 * laneCount) }
    } else {
      first = load(source, count: min(width, laneCount))
      if width > laneCount {
        second = load(source + laneCount, count: min(width - laneCount, laneCount))
      }
      if panelRegisters > 2, width > 2 * laneCount {
        third = load(source + 2 * laneCount, count: width - 2 * laneCount)
      }
    }
  }

  /// Writes the sums, with the bias when there is one.
  @_transparent
  func finish(_ target: UnsafeMutablePointer<Float>, width: Int, bias: UnsafePointer<Float>?) {
    var sums = self
    if let bias {
      let shift = TileRow(bias, width: width, start: false)
      sums.first += shift.first
      sums.second += shift.second
      if panelRegisters > 2 { sums.third += shift.third }
    }
    if width == panelColumns {
      store(sums.first, target)
      store(sums.second, target + laneCount)
      if panelRegisters > 2 { store(sums.third, target + 2 * laneCount) }
    } else {
      store(sums.first, target, count: min(width, laneCount))
      if width > laneCount {
        store(sums.second, target + laneCount, count: min(width - laneCount, laneCount))
      }
      if panelRegisters > 2, width > 2 * laneCount {
        store(sums.third, target + 2 * laneCount, count: width - 2 * laneCount)
      }
    }
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
  /// What to fetch into the cache meanwhile, `aheadStep` bytes a step.
  var ahead: UnsafeRawPointer
  var aheadStep: Int
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
    var row0 = sums(of: 0, rows: rows)
    var row1 = sums(of: 1, rows: rows)
    var row2 = sums(of: 2, rows: rows)
    var row3 = sums(of: 3, rows: rows)
    var row4 = sums(of: 4, rows: rows)
    var row5 = sums(of: 5, rows: rows)
    var row6 = sums(of: 6, rows: rows)
    var row7 = sums(of: 7, rows: rows)
    // Two bases and a stride keep the addresses of eight rows in few integer registers.
    var low = x
    var high = x + (rows > 4 ? 4 * xStride : 0)
    var weights = weights
    var ahead = ahead
    for _ in 0..<depth {
      let first = panelLoad(weights, register: 0, halves: halves)
      let second = panelLoad(weights, register: 1, halves: halves)
      let third = panelRegisters > 2 ? panelLoad(weights, register: 2, halves: halves) : first
      row0.add(low, first, second, third)
      if rows > 1 { row1.add(low + xStride, first, second, third) }
      if rows > 2 { row2.add(low + 2 * xStride, first, second, third) }
      if rows > 3 { row3.add(low + 3 * xStride, first, second, third) }
      if rows > 4 { row4.add(high, first, second, third) }
      if rows > 5 { row5.add(high + xStride, first, second, third) }
      if rows > 6 { row6.add(high + 2 * xStride, first, second, third) }
      if rows > 7 { row7.add(high + 3 * xStride, first, second, third) }
      prefetch(ahead)
      prefetch(ahead + 64)
      ahead += aheadStep
      low += 1
      high += 1
      weights += panelColumns * (halves ? 2 : 4)
    }
    row0.finish(y, width: width, bias: bias)
    if rows > 1 { row1.finish(y + yStride, width: width, bias: bias) }
    if rows > 2 { row2.finish(y + 2 * yStride, width: width, bias: bias) }
    if rows > 3 { row3.finish(y + 3 * yStride, width: width, bias: bias) }
    if rows > 4 { row4.finish(y + 4 * yStride, width: width, bias: bias) }
    if rows > 5 { row5.finish(y + 5 * yStride, width: width, bias: bias) }
    if rows > 6 { row6.finish(y + 6 * yStride, width: width, bias: bias) }
    if rows > 7 { row7.finish(y + 7 * yStride, width: width, bias: bias) }
  }

  /// Where the sums of one row begin; zeros for a row that the tile does not have.
  @inline(__always)
  private func sums(of row: Int, rows: Int) -> TileRow {
    row < rows
      ? TileRow(y + row * yStride, width: width, start: isStart)
      : TileRow(y, width: width, start: true)
  }

  /// Multiplies a tile whose row count is known at run time; `halves` is a literal.
  @_transparent
  func multiply(rowCount: Int, halves: Bool) {
    switch rowCount {
    case 1: multiply(rows: 1, halves: halves)
    case 2: multiply(rows: 2, halves: halves)
    case 3: multiply(rows: 3, halves: halves)
    case 4: multiply(rows: 4, halves: halves)
    case 5: multiply(rows: 5, halves: halves)
    case 6: multiply(rows: 6, halves: halves)
    case 7 where tileRows > 6: multiply(rows: 7, halves: halves)
    default: multiply(rows: tileRows, halves: halves)
    }
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
package func multiplyPanels(_ product: PanelProduct) {
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
  let stepByteCount = panelColumns * (product.isHalf ? 2 : 4)
  let depth = min(depthBlock, inputs - depthStart)
  let isLast = depthStart + depth == inputs
  let column = panel * panelColumns
  let weights = product.panels + (panel * inputs + depthStart) * stepByteCount
  // The first row tiles fetch the slice that follows, 128 bytes a step, while they multiply this.
  let nextSlice = weights + depth * stepByteCount
  let tilesThatFetch = (stepByteCount + prefetchByteCount - 1) / prefetchByteCount
  var row = 0
  while row < product.rows {
    let rowCount = min(tileRows, product.rows - row)
    let tile = row / tileRows
    let step = PanelStep(
      x: product.x + row * inputs + depthStart, xStride: inputs, weights: weights, depth: depth,
      ahead: tile < tilesThatFetch ? nextSlice + tile * depth * prefetchByteCount : weights,
      aheadStep: tile < tilesThatFetch ? prefetchByteCount : 0,
      y: product.y + row * product.outputs + column, yStride: product.outputs,
      width: min(panelColumns, product.outputs - column), isStart: depthStart == 0,
      bias: isLast ? product.bias.map { $0 + column } : nil)
    if product.isHalf {
      step.multiply(rowCount: rowCount, halves: true)
    } else {
      step.multiply(rowCount: rowCount, halves: false)
    }
    if isLast, product.isGELU {
      applyGELU(step.y, rows: rowCount, stride: product.outputs, width: step.width)
    }
    row += rowCount
  }
}
