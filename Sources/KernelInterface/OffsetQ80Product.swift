/// A product `y = x Wᵀ + b` of some quantised rows with some panels of a `Q8_0` weight.
///
/// A panel holds `panelColumns` outputs (the last is filled up with zeros): for each block of 32
/// inputs, the quants in groups of `blockGroup` inputs, a group's quants of all outputs side by
/// side. The scales and the sums are stored separately, `[panel, block, panelColumns]`.
package struct OffsetQ80Product {
  /// The first row, as the same instruction set's `quantizeOffsetQ80` wrote it, or `quantizeInt16`.
  package var x: UnsafeRawPointer
  /// Rows to multiply.
  package var rows: Int
  /// Length of the reduction, a multiple of 32.
  package var inputs: Int
  /// All panels' quants.
  package var quants: UnsafeRawPointer
  /// All panels' scales.
  package var scales: UnsafePointer<Float16>
  /// All panels' sums: of each block's weights, its scale times the sum of its quants; read only with
  /// rows that have offsets.
  package var sums: UnsafePointer<Float>
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
    x: UnsafeRawPointer, rows: Int, inputs: Int, quants: UnsafeRawPointer,
    scales: UnsafePointer<Float16>, sums: UnsafePointer<Float>, panelRange: Range<Int>,
    bias: UnsafePointer<Float>?, activation: ActivationFunction, y: UnsafeMutablePointer<Float>,
    outputs: Int
  ) {
    self.x = x
    self.rows = rows
    self.inputs = inputs
    self.quants = quants
    self.scales = scales
    self.sums = sums
    self.panelRange = panelRange
    self.bias = bias
    self.activation = activation
    self.y = y
    self.outputs = outputs
  }
}
