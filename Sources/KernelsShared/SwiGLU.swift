package import KernelsReference

/// SwiGLU of some rows; see the scalar twin.
///
/// `silu(g) = g / (1 + exp(-g))`, with g held at -87, where silu is -1.4e-36.
///
/// - Accuracy: `|error| ≤ 2⁻²¹ |y|` for g ≥ -87, below 1e-35 · |up| beyond; NaN stays NaN.
/// - Complexity: O(rows × width), no allocation.
package func applySwiGLU(_ task: SwiGLURows) {
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

@inline(__always)
private func silu(_ gate: FloatLanes) -> FloatLanes {
  // In this order of operands a NaN passes.
  let held = maximum(broadcast(-87), gate)
  return held / (broadcast(1) + exponential(minimum(zeroLanes() - held, broadcast(87))))
}
