/// Which elements of a head rotate together.
package enum RopeStyle: String, Sendable, CaseIterable {
  /// `(0, 1), (2, 3), …`: the paper's own order.
  case interleaved
  /// `(0, n/2), (1, n/2 + 1), …`: that of GPT-NeoX and of Hugging Face checkpoints.
  case halves
}

/// The parameters that turn a position into angles.
package struct RopeFrequencies: Sendable, Equatable {
  /// Elements of a head that rotate; even, at least 2.
  package var rotaryDim: Int
  /// The base b: pair i rotates by `position · b^(-2i / rotaryDim)`.
  package var base: Float
  /// Multiplies every angle: 1 / s where a context was stretched s times linearly.
  package var scale: Float
  /// Divides the angle of each pair, `[rotaryDim / 2]`; empty for none.
  package var factors: [Float]
  /// Multiplies cosines and sines (LongRoPE's attention factor).
  package var magnitude: Float

  /// Frequencies without scaling, factors or magnitude where they are not given.
  package init(
    rotaryDim: Int, base: Float, scale: Float = 1, factors: [Float] = [], magnitude: Float = 1
  ) {
    self.rotaryDim = rotaryDim
    self.base = base
    self.scale = scale
    self.factors = factors
    self.magnitude = magnitude
  }
}

/// Rotation of the heads at the start of some rows, in place.
package struct RopeRows {
  /// The first row; it begins with `heads` heads of `headDim` elements.
  package var x: UnsafeMutablePointer<Float>
  /// Elements from one row to the next.
  package var stride: Int
  /// Rows.
  package var rows: Int
  /// Heads to rotate in each row.
  package var heads: Int
  /// Elements of a head.
  package var headDim: Int
  /// Elements of a head that rotate, the first ones; even.
  package var rotaryDim: Int
  /// Which elements rotate together.
  package var style: RopeStyle
  /// For each row `rotaryDim` cosines, then `rotaryDim` sines, each with the sign that its element
  /// needs: minus for the first of a pair.
  package var table: UnsafePointer<Float>

  /// Creates the operands of one call.
  package init(
    x: UnsafeMutablePointer<Float>, stride: Int, rows: Int, heads: Int, headDim: Int,
    rotaryDim: Int, style: RopeStyle, table: UnsafePointer<Float>
  ) {
    self.x = x
    self.stride = stride
    self.rows = rows
    self.heads = heads
    self.headDim = headDim
    self.rotaryDim = rotaryDim
    self.style = style
    self.table = table
  }
}
