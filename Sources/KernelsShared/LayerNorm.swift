package import KernelInterface

/// Layer normalisation of some rows, after adding a residual; the scalar twin has the same name.
///
/// - Accuracy: sums in Float32 over `laneCount` lanes, two-pass variance: relative error of the
///   normalised value below `(width / laneCount + 8) · 2⁻²³` where the mean and the deviation are
///   of the same size.
/// - Complexity: O(rows × width), no allocation.
package func layerNorm(_ task: LayerNormRows) {
  for row in 0..<task.rows {
    let start = row * task.width
    let y = task.y + start
    var x = task.x + start
    if let residual = task.residual {
      addRow(x, residual + start, width: task.width, into: y)
      x = UnsafePointer(y)
    }
    normalizeRow(task, x, into: y)
  }
}

private func normalizeRow(
  _ task: LayerNormRows, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
) {
  let width = task.width
  let whole = width - width % laneCount
  let mean = rowSum(x, width: width, whole: whole) / Float(width)
  let scale =
    1
    / (rowSquares(x, mean: mean, width: width, whole: whole) / Float(width)
    + task.epsilon).squareRoot()
  let means = broadcast(mean)
  let scales = broadcast(scale)
  for column in stride(from: 0, to: whole, by: laneCount) {
    let normalised = (load(x + column) - means) * scales
    store(
      multiplyAdd(normalised, load(task.weight + column), load(task.bias + column)), y + column)
  }
  for column in whole..<width {
    y[column] = (x[column] - mean) * scale * task.weight[column] + task.bias[column]
  }
}

/// `y = x + residual` of one row.
@inline(__always)
private func addRow(
  _ x: UnsafePointer<Float>, _ residual: UnsafePointer<Float>, width: Int,
  into y: UnsafeMutablePointer<Float>
) {
  var column = 0
  while column + laneCount <= width {
    store(load(x + column) + load(residual + column), y + column)
    column += laneCount
  }
  while column < width {
    y[column] = x[column] + residual[column]
    column += 1
  }
}

/// The sum of a row: two registers in turn, then their lanes, then what is left.
@inline(__always)
private func rowSum(_ x: UnsafePointer<Float>, width: Int, whole: Int) -> Float {
  var even = zeroLanes()
  var odd = zeroLanes()
  var column = 0
  while column + 2 * laneCount <= whole {
    even += load(x + column)
    odd += load(x + column + laneCount)
    column += 2 * laneCount
  }
  if column < whole { even += load(x + column) }
  var total = sum(even + odd)
  for column in whole..<width { total += x[column] }
  return total
}

/// The sum of a row's squared deviations from `mean`, in the order of ``rowSum``.
@inline(__always)
private func rowSquares(
  _ x: UnsafePointer<Float>, mean: Float, width: Int, whole: Int
) -> Float {
  let means = broadcast(mean)
  var even = zeroLanes()
  var odd = zeroLanes()
  var column = 0
  while column + 2 * laneCount <= whole {
    let first = load(x + column) - means
    let second = load(x + column + laneCount) - means
    even = multiplyAdd(first, first, even)
    odd = multiplyAdd(second, second, odd)
    column += 2 * laneCount
  }
  if column < whole {
    let last = load(x + column) - means
    even = multiplyAdd(last, last, even)
  }
  var total = sum(even + odd)
  for column in whole..<width { total += (x[column] - mean) * (x[column] - mean) }
  return total
}
