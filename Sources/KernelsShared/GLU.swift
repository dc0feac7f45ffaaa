package import KernelInterface

/// The gated activation of some rows, `f(gate) · up`; the scalar twin has the same name.
///
/// - Accuracy: that of f, see ``applyBiasAndActivation(_:rows:stride:width:bias:activation:)``, and
///   one rounding; for SiLU `|error| ≤ 2⁻²¹ |y|` for g ≥ -87, below 1e-35 · |up| beyond. NaN stays
///   NaN.
/// - Complexity: O(rows × width), no allocation.
package func glu(_ task: GLURows) {
  // Literals, so that each function becomes a loop of its own.
  switch task.activation {
  case .none: gate(task, .none)
  case .gelu: gate(task, .gelu)
  case .quickGELU: gate(task, .quickGELU)
  case .geluTanh: gate(task, .geluTanh)
  case .silu: gate(task, .silu)
  }
}

@_transparent
private func gate(_ task: GLURows, _ activation: ActivationFunction) {
  let width = task.width
  for row in 0..<task.rows {
    let gate = task.x + row * 2 * width
    let up = gate + width
    let y = task.y + row * width
    var column = 0
    while column + laneCount <= width {
      store(activate(load(gate + column), activation) * load(up + column), y + column)
      column += laneCount
    }
    if column < width {
      let count = width - column
      let gated = activate(load(gate + column, count: count), activation)
      store(gated * load(up + column, count: count), y + column, count: count)
    }
  }
}
