import _Builtin_intrinsics.intel

/// The largest quant of activations for ``linearOffsetQ80(_:)``: 8 bits.
package let largestOffsetQuant: Float = 255

/// Whether a row that ``quantizeOffsetQ80(_:rows:inputs:into:)`` wrote has an outlier apart: 255 steps do
/// without.
package let rowsHaveOutliers = false

/// Rows that ``linearOffsetQ80(_:)`` multiplies at once: 4 x 3 integer sums; the Float32 sums rest in
/// memory while a block is multiplied.
let blockTileRows = 4

/// Whether each row of ``linearOffsetQ80(_:)`` reads the weights again: no, `vpdpbusd` needs a third of
/// the instructions of AVX2, so loads are the scarcer.
let rowsLoadWeights = false

/// Adds the four products of unsigned with signed bytes of each lane (`vpdpbusd`, VEX-coded).
///
/// With `AVXVNNI_AS_AVX512` (`Tests/Reference/avxvnni.sh`) the same instruction of AVX-512, so that
/// a processor without AVX-VNNI can run everything around it.
@inline(__always)
func addByteProducts(
  _ sums: IntegerLanes, _ unsigned: IntegerLanes, _ signed: IntegerLanes
) -> IntegerLanes {
  #if AVXVNNI_AS_AVX512
    func wide(_ lanes: IntegerLanes) -> SIMD8<Int64> {
      SIMD8(lowHalf: lanes, highHalf: zeroIntegers())
    }
    return _mm512_dpbusd_epi32(wide(sums), wide(unsigned), wide(signed)).lowHalf
  #else
    return _mm256_dpbusd_avx_epi32(sums, unsigned, signed)
  #endif
}
