/// Layer normalisation of some rows: `y = layerNorm(x + residual)`.
package struct LayerNormRows {
  /// The first row, `[rows, width]`.
  package var x: UnsafePointer<Float>
  /// Added to `x` before normalising, `[rows, width]`, or nil.
  package var residual: UnsafePointer<Float>?
  /// The first row of the result, `[rows, width]`; may be `x` itself.
  package var y: UnsafeMutablePointer<Float>
  /// Rows.
  package var rows: Int
  /// Elements in a row.
  package var width: Int
  /// The scale of each element, `[width]`.
  package var weight: UnsafePointer<Float>
  /// Added to each scaled element, `[width]`.
  package var bias: UnsafePointer<Float>
  /// Added to the variance.
  package var epsilon: Float

  /// Creates the operands of one call.
  package init(
    x: UnsafePointer<Float>, residual: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    rows: Int, width: Int, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, epsilon: Float
  ) {
    self.x = x
    self.residual = residual
    self.y = y
    self.rows = rows
    self.width = width
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
  }
}
