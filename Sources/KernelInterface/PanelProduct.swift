/// A product `y = x Wᵀ + b` of some rows with some panels of a Float32 or Float16 weight.
///
/// A panel holds `panelColumns` outputs of the layer (the last is filled up with zeros),
/// transposed: for each input in ascending order, the weights of all its outputs side by side.
package struct PanelProduct {
  /// The first row, `[rows, inputs]`.
  package var x: UnsafePointer<Float>
  /// Rows to multiply.
  package var rows: Int
  /// Length of the reduction.
  package var inputs: Int
  /// All panels of the weight, each `[inputs, panelColumns]`.
  package var panels: UnsafeRawPointer
  /// Whether the panels hold Float16, else Float32.
  package var isHalf: Bool
  /// The panels to multiply.
  package var panelRange: Range<Int>
  /// `[outputs]`, or nil.
  package var bias: UnsafePointer<Float>?
  /// Applied to each element after the bias.
  package var activation: ActivationFunction
  /// The first row of the result, `[rows, outputs]`.
  package var y: UnsafeMutablePointer<Float>
  /// Width of the result.
  package var outputs: Int

  /// Creates the operands of one call.
  package init(
    x: UnsafePointer<Float>, rows: Int, inputs: Int, panels: UnsafeRawPointer, isHalf: Bool,
    panelRange: Range<Int>, bias: UnsafePointer<Float>?, activation: ActivationFunction,
    y: UnsafeMutablePointer<Float>, outputs: Int
  ) {
    self.x = x
    self.rows = rows
    self.inputs = inputs
    self.panels = panels
    self.isHalf = isHalf
    self.panelRange = panelRange
    self.bias = bias
    self.activation = activation
    self.y = y
    self.outputs = outputs
  }
}
