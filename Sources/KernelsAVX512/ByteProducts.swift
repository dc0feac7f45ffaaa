/// The largest quant of activations for ``linearOffsetQ80(_:)``: 8 bits.
package let largestOffsetQuant: Float = 255

/// Adds the four products of unsigned with signed bytes of each lane (`vpdpbusd`).
@inline(__always)
func addByteProducts(
  _ sums: IntegerLanes, _ unsigned: IntegerLanes, _ signed: IntegerLanes
) -> IntegerLanes {
  addProducts(sums, unsigned, signed)
}
