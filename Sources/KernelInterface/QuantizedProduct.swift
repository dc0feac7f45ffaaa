/// The rows of a quantised weight: interleaved panels of 16 rows, then rows as in a file.
///
/// Either part may be empty: a weight that is used in place has no panels, and one whose outputs
/// are a multiple of 16 no rows after them.
package struct QuantizedRows: @unchecked Sendable {
  /// The panels, each ``InterleavedFormat/panelByteCount(_:)`` bytes.
  package var panels: UnsafeRawPointer
  /// The number of panels, which hold the first `16 · panelCount` outputs.
  package var panelCount: Int
  /// The rows after them, one after another.
  package var fileRows: UnsafeRawPointer
  /// Bytes of a row in the file's order.
  package var rowByteCount: Int
  /// Outputs in all.
  package var outputs: Int

  /// Rows at these addresses.
  package init(
    panels: UnsafeRawPointer, panelCount: Int, fileRows: UnsafeRawPointer, rowByteCount: Int,
    outputs: Int
  ) {
    self.panels = panels
    self.panelCount = panelCount
    self.fileRows = fileRows
    self.rowByteCount = rowByteCount
    self.outputs = outputs
  }
}

/// A product `y = x Wᵀ` of some quantised rows of activations with some panels of a quantised
/// weight.
package struct QuantizedProduct {
  /// The activations, `[superblock, row]` of `activationByteCount` of the instruction set, as its
  /// quantiser wrote them.
  package var x: UnsafeRawPointer
  /// Rows of activations.
  package var rows: Int
  /// Length of the reduction.
  package var inputs: Int
  /// The weight.
  package var weight: QuantizedRows
  /// The panels to multiply, of 16 outputs each; the last may be cut short by `weight.outputs`.
  package var panelRange: Range<Int>
  /// The first row's first output.
  package var y: UnsafeMutablePointer<Float>
  /// Elements from one row of y to the next.
  package var yStride: Int
  /// Whether the product is added to y, else written over it.
  package var addsToY: Bool
  /// Memory for `quantizedScratchByteCount(rows:)` of the instruction set, at a 64-byte boundary.
  package var scratch: UnsafeMutableRawPointer

  /// Creates the operands of one call.
  package init(
    x: UnsafeRawPointer, rows: Int, inputs: Int, weight: QuantizedRows, panelRange: Range<Int>,
    y: UnsafeMutablePointer<Float>, yStride: Int, addsToY: Bool, scratch: UnsafeMutableRawPointer
  ) {
    self.x = x
    self.rows = rows
    self.inputs = inputs
    self.weight = weight
    self.panelRange = panelRange
    self.y = y
    self.yStride = yStride
    self.addsToY = addsToY
    self.scratch = scratch
  }
}
