import _Builtin_intrinsics.intel

/// The largest quant of activations for ``linearOffsetQ80(_:)``: 8 bits.
package let largestOffsetQuant: Float = 255

/// Adds the four products of unsigned with signed bytes of each lane (`vpdpbusd`, VEX-coded).
@inline(__always)
func addByteProducts(
  _ sums: IntegerLanes, _ unsigned: IntegerLanes, _ signed: IntegerLanes
) -> IntegerLanes {
  _mm256_dpbusd_avx_epi32(sums, unsigned, signed)
}
