/// A tile of sums `y[r] = Σ_i a[r, i] · b[i]`, with b[i] one or two registers.
struct OuterProduct {
  /// a: `rowStride` elements from row to row, `step` from term to term.
  var broadcasts: UnsafePointer<Float>
  var rowStride: Int
  var step: Int
  /// b: `vectorStep` elements from term to term.
  var vectors: UnsafePointer<Float>
  var vectorStep: Int
  /// Terms.
  var count: Int
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Columns of b and y that exist.
  var width = 0
  /// A factor for each row, or nil.
  var factors: UnsafePointer<Float>?

  init(
    broadcasts: UnsafePointer<Float>, rowStride: Int, step: Int, vectors: UnsafePointer<Float>,
    vectorStep: Int, count: Int, y: UnsafeMutablePointer<Float>, yStride: Int
  ) {
    self.broadcasts = broadcasts
    self.rowStride = rowStride
    self.step = step
    self.vectors = vectors
    self.vectorStep = vectorStep
    self.count = count
    self.y = y
    self.yStride = yStride
  }

  /// Multiplies `rows` rows of `registers` registers: literals, as in ``PanelStep``.
  @_transparent
  func multiply(rows: Int, registers: Int, isWhole: Bool) {
    let width = isWhole ? registers * laneCount : width
    var sums = RowTile()
    var numbers = TileNumbers(broadcasts, stride: rowStride, rows: rows)
    var vector = vectors
    for _ in 0..<count {
      sums.add(
        numbers, TileRow(vector, width: width, registers: registers), rows: rows,
        registers: registers)
      numbers.advance(by: step)
      vector += vectorStep
    }
    if let factors { sums.multiply(by: factors, rows: rows, registers: registers) }
    sums.write(y, stride: yStride, width: width, rows: rows, registers: registers)
  }

  /// Multiplies `anyRows` rows, 1 to ``tileRows``, by code of their own for each number.
  @_transparent
  func multiply(anyRows rows: Int, registers: Int, isWhole: Bool) {
    switch rows {
    case 1: multiply(rows: 1, registers: registers, isWhole: isWhole)
    case 2: multiply(rows: 2, registers: registers, isWhole: isWhole)
    case 3: multiply(rows: 3, registers: registers, isWhole: isWhole)
    case 4: multiply(rows: 4, registers: registers, isWhole: isWhole)
    case 5: multiply(rows: 5, registers: registers, isWhole: isWhole)
    case 6: multiply(rows: 6, registers: registers, isWhole: isWhole)
    case 7: multiply(rows: 7, registers: registers, isWhole: isWhole)
    default: multiply(rows: 8, registers: registers, isWhole: isWhole)
    }
  }
}
