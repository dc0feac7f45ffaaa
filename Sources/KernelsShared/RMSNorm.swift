package import KernelInterface

/// Root-mean-square normalisation of some rows; the scalar twin has the same name.
///
/// - Accuracy: the squares are summed in Float32 in `2 × laneCount` chains, so y is within
///   `(width / (4 × laneCount) + 8) · 2⁻²⁴` relative of the exact value; an addition to y rounds once
///   more.
/// - Complexity: O(rows × width), no allocation.
package func rmsNorm(_ task: RMSNormRows) {
  let width = task.width
  for row in 0..<task.rows {
    let x = task.x + row * width
    let y = task.y + row * width
    let squares = sumOfSquares(x, width: width)
    let scale = 1 / (squares / Float(width) + task.epsilon).squareRoot()
    let scales = broadcast(scale)
    var column = 0
    while column + laneCount <= width {
      let normed = load(x + column) * scales * load(task.weight + column)
      store(task.addsToY ? load(y + column) + normed : normed, y + column)
      column += laneCount
    }
    if column < width {
      let count = width - column
      let scaled = load(x + column, count: count) * scales
      let normed = scaled * load(task.weight + column, count: count)
      store(
        task.addsToY ? load(y + column, count: count) + normed : normed, y + column, count: count)
    }
  }
}

@inline(__always)
private func sumOfSquares(_ x: UnsafePointer<Float>, width: Int) -> Float {
  var even = zeroLanes()
  var odd = zeroLanes()
  var column = 0
  while column + 2 * laneCount <= width {
    let first = load(x + column)
    let second = load(x + column + laneCount)
    even = multiplyAdd(first, first, even)
    odd = multiplyAdd(second, second, odd)
    column += 2 * laneCount
  }
  while column < width {
    let last = load(x + column, count: min(laneCount, width - column))
    even = multiplyAdd(last, last, even)
    column += laneCount
  }
  return sum(even + odd)
}
