package import KernelInterface

/// SwiGLU of some rows, `silu(gate) · up`; the scalar twin has the same name.
///
/// - Accuracy: `|error| ≤ 2⁻²¹ |y|` for g ≥ -87, below 1e-35 · |up| beyond; NaN stays NaN.
/// - Complexity: O(rows × width), no allocation.
package func swiGLU(_ task: SwiGLURows) {
  let width = task.width
  for row in 0..<task.rows {
    let gate = task.x + row * 2 * width
    let up = gate + width
    let y = task.y + row * width
    var column = 0
    while column + laneCount <= width {
      store(silu(load(gate + column)) * load(up + column), y + column)
      column += laneCount
    }
    if column < width {
      let count = width - column
      let gated = silu(load(gate + column, count: count)) * load(up + column, count: count)
      store(gated, y + column, count: count)
    }
  }
}
