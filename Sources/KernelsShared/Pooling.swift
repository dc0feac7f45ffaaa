/// The mean of the rows of one sequence; the scalar twin has the same name.
///
/// - Accuracy: one Float32 sum a column, in ascending order of the rows.
package func meanPool(
  _ x: UnsafePointer<Float>, rows: Int, width: Int, into y: UnsafeMutablePointer<Float>
) {
  let count = Float(max(1, rows))
  var column = 0
  while column < width {
    let lanes = min(laneCount, width - column)
    var total = zeroLanes()
    if lanes == laneCount {
      for row in 0..<rows { total += load(x + row * width + column) }
      store(total / broadcast(count), y + column)
    } else {
      for row in 0..<rows { total += load(x + row * width + column, count: lanes) }
      store(total / broadcast(count), y + column, count: lanes)
    }
    column += lanes
  }
}

/// Scales one row to unit Euclidean length; the scalar twin has the same name.
///
/// - Accuracy: relative error below `(width / laneCount + 8) · 2⁻²⁴`.
package func l2Normalize(_ x: UnsafeMutablePointer<Float>, width: Int) {
  var squares = zeroLanes()
  var column = 0
  while column < width {
    let value = load(x + column, count: min(laneCount, width - column))
    squares = multiplyAdd(value, value, squares)
    column += laneCount
  }
  // 1e-12 as in the scalar twin.
  let scale = broadcast(1 / max(sum(squares).squareRoot(), 1e-12))
  column = 0
  while column < width {
    let count = min(laneCount, width - column)
    store(load(x + column, count: count) * scale, x + column, count: count)
    column += laneCount
  }
}
