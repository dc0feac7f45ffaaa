/// Root-mean-square normalisation of some rows.
package struct RMSNormRows {
  /// The first row, `[rows, width]`.
  package var x: UnsafePointer<Float>
  /// The first row of the result, `[rows, width]`; may be `x` itself unless it is added to.
  package var y: UnsafeMutablePointer<Float>
  /// Rows.
  package var rows: Int
  /// Elements in a row.
  package var width: Int
  /// The scale of each element, `[width]`.
  package var weight: UnsafePointer<Float>
  /// Added to the mean square.
  package var epsilon: Float
  /// Whether the result is added to y, a residual stream, instead of replacing it.
  package var addsToY: Bool

  /// Creates the operands of one call.
  package init(
    x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    weight: UnsafePointer<Float>, epsilon: Float, addsToY: Bool = false
  ) {
    self.x = x
    self.y = y
    self.rows = rows
    self.width = width
    self.weight = weight
    self.epsilon = epsilon
    self.addsToY = addsToY
  }
}
