/// The gated activation of some rows `[gate | up]`.
package struct GLURows {
  /// The first row, `[rows, 2 × width]`.
  package var x: UnsafePointer<Float>
  /// The first row of the result, `[rows, width]`.
  package var y: UnsafeMutablePointer<Float>
  /// Rows.
  package var rows: Int
  /// Elements in a row of the result.
  package var width: Int
  /// Applied to the gate.
  package var activation: ActivationFunction

  /// Creates the operands of one call.
  package init(
    x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    activation: ActivationFunction
  ) {
    self.x = x
    self.y = y
    self.rows = rows
    self.width = width
    self.activation = activation
  }
}
