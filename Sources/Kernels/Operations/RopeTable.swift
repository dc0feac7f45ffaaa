package import KernelInterface
import KernelsReference

/// The cosines and sines by which the heads of some consecutive positions are rotated.
///
/// They are the same in every layer, so a forward pass fills the table once.
package struct RopeTable: ~Copyable, Sendable {
  /// Which elements of a head rotate together.
  package let style: RopeStyle
  /// The frequencies that turn a position into angles.
  package let frequencies: RopeFrequencies
  /// `[rows, 2 × rotaryDim]`: cosines, then signed sines.
  var rows: Matrix

  /// A table with room for `capacity` positions.
  package init(frequencies: RopeFrequencies, style: RopeStyle, capacity: Int) {
    precondition(
      frequencies.rotaryDim >= 2 && frequencies.rotaryDim.isMultiple(of: 2),
      "pairs need an even number of elements")
    precondition(
      frequencies.factors.isEmpty || frequencies.factors.count == frequencies.rotaryDim / 2,
      "a factor for each pair")
    self.frequencies = frequencies
    self.style = style
    rows = Matrix(rows: capacity, columns: 2 * frequencies.rotaryDim)
  }

  /// Fills the table for `count` positions from `firstPosition` on.
  package mutating func fill(firstPosition: Int, count: Int) {
    rows.rows = count
    for row in 0..<count {
      rows.withMutableRow(row) {
        ropeTableRow(frequencies, position: firstPosition + row, style: style, into: &$0)
      }
    }
  }
}
