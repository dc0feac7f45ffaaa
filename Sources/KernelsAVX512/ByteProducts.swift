/// The largest quant of activations for ``linearOffsetQ80(_:)``: 8 bits.
package let largestOffsetQuant: Float = 255

/// Whether a row that ``quantizeOffsetQ80(_:rows:inputs:into:)`` wrote has an outlier apart: 255 steps do
/// without.
package let rowsHaveOutliers = false

/// Rows that ``linearOffsetQ80(_:)`` multiplies at once: 4 x 3 integer and 4 x 3 Float32 sums.
let blockTileRows = 4

/// Whether each row of ``linearOffsetQ80(_:)`` reads the weights again: no, a register is loaded once a
/// cycle on Zen 4, as often as `vpdpbusd` begins.
let rowsLoadWeights = false

/// Adds the four products of unsigned with signed bytes of each lane (`vpdpbusd`).
@inline(__always)
func addByteProducts(
  _ sums: IntegerLanes, _ unsigned: IntegerLanes, _ signed: IntegerLanes
) -> IntegerLanes {
  addProducts(sums, unsigned, signed)
}
