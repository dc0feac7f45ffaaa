// What the vector kernels are told. The types are declared here, in a target without instruction
// set flags, because a type's own code must not be compiled for a processor that may be absent.

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
  /// Whether GELU follows.
  package var isGELU: Bool
  /// The first row of the result, `[rows, outputs]`.
  package var y: UnsafeMutablePointer<Float>
  /// Width of the result.
  package var outputs: Int

  /// All fields.
  package init(
    x: UnsafePointer<Float>, rows: Int, inputs: Int, panels: UnsafeRawPointer, isHalf: Bool,
    panelRange: Range<Int>, bias: UnsafePointer<Float>?, isGELU: Bool,
    y: UnsafeMutablePointer<Float>, outputs: Int
  ) {
    self.x = x
    self.rows = rows
    self.inputs = inputs
    self.panels = panels
    self.isHalf = isHalf
    self.panelRange = panelRange
    self.bias = bias
    self.isGELU = isGELU
    self.y = y
    self.outputs = outputs
  }
}

/// A product `y = x Wᵀ + b` of some quantised rows with some panels of a `Q8_0` weight.
///
/// A panel holds `panelColumns` outputs (the last is filled up with zeros): for each block of 32
/// inputs, the quants in groups of `blockGroup` inputs, a group's quants of all outputs side by
/// side. The scales and the sums lie apart, `[panel, block, panelColumns]`.
package struct BlockProduct {
  /// The first row, as the same instruction set's `quantizeRows` wrote it.
  package var x: UnsafeRawPointer
  /// Rows to multiply.
  package var rows: Int
  /// Length of the reduction, a multiple of 32.
  package var inputs: Int
  /// All panels' quants.
  package var quants: UnsafeRawPointer
  /// All panels' scales.
  package var scales: UnsafePointer<Float16>
  /// All panels' sums: of each block's weights, its scale times the sum of its quants.
  package var sums: UnsafePointer<Float>
  /// The panels to multiply.
  package var panelRange: Range<Int>
  /// `[outputs]`, or nil.
  package var bias: UnsafePointer<Float>?
  /// Whether GELU follows.
  package var isGELU: Bool
  /// The first row of the result, `[rows, outputs]`.
  package var y: UnsafeMutablePointer<Float>
  /// Width of the result.
  package var outputs: Int

  /// All fields.
  package init(
    x: UnsafeRawPointer, rows: Int, inputs: Int, quants: UnsafeRawPointer,
    scales: UnsafePointer<Float16>, sums: UnsafePointer<Float>, panelRange: Range<Int>,
    bias: UnsafePointer<Float>?, isGELU: Bool, y: UnsafeMutablePointer<Float>, outputs: Int
  ) {
    self.x = x
    self.rows = rows
    self.inputs = inputs
    self.quants = quants
    self.scales = scales
    self.sums = sums
    self.panelRange = panelRange
    self.bias = bias
    self.isGELU = isGELU
    self.y = y
    self.outputs = outputs
  }
}

/// Attention of one block of queries of one head to all keys of its sequence.
package struct AttentionBlock {
  /// The head's columns of the first query's row.
  package var queries: UnsafePointer<Float>
  /// The head's columns of the sequence's first key.
  package var keys: UnsafePointer<Float>
  /// The head's columns of the sequence's first value.
  package var values: UnsafePointer<Float>
  /// Elements from one row of queries, keys and values to the next.
  package var stride: Int
  /// Queries, at most `attentionQueryCount` of the instruction set.
  package var queryCount: Int
  /// Keys and values.
  package var keyCount: Int
  /// Columns of a head.
  package var headDim: Int
  /// The head's columns of the first query's result.
  package var y: UnsafeMutablePointer<Float>
  /// Elements from one row of the result to the next.
  package var yStride: Int
  /// Memory for `attentionScratchCount` elements.
  package var scratch: UnsafeMutablePointer<Float>

  /// All fields.
  package init(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    stride: Int, queryCount: Int, keyCount: Int, headDim: Int, y: UnsafeMutablePointer<Float>,
    yStride: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    self.queries = queries
    self.keys = keys
    self.values = values
    self.stride = stride
    self.queryCount = queryCount
    self.keyCount = keyCount
    self.headDim = headDim
    self.y = y
    self.yStride = yStride
    self.scratch = scratch
  }
}

/// Layer normalisation of some rows, in place, after adding a residual.
package struct LayerNormRows {
  /// The first row, `[rows, width]`, overwritten.
  package var x: UnsafeMutablePointer<Float>
  /// Added to `x` first, or nil.
  package var residual: UnsafePointer<Float>?
  /// Rows.
  package var rows: Int
  /// Elements in a row.
  package var width: Int
  /// Gain, `[width]`.
  package var weight: UnsafePointer<Float>
  /// Shift, `[width]`.
  package var bias: UnsafePointer<Float>
  /// Added to the variance.
  package var epsilon: Float

  /// All fields.
  package init(
    x: UnsafeMutablePointer<Float>, residual: UnsafePointer<Float>?, rows: Int, width: Int,
    weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, epsilon: Float
  ) {
    self.x = x
    self.residual = residual
    self.rows = rows
    self.width = width
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
  }
}
