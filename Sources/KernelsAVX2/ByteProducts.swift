import _Builtin_intrinsics.intel

/// The largest quant of activations for ``linearOffsetQ80(_:)``: 7 bits.
///
/// `vpmaddubsw` adds two products in 16 bits: 2 · 127 · 128 = 32,512 fits, 2 · 255 · 128 does not.
package let largestOffsetQuant: Float = 127

/// Whether a row that ``quantizeOffsetQ80(_:rows:inputs:into:)`` wrote has an outlier apart: yes.
///
/// With 127 steps most of the error of a row comes from one element. Its product takes about thirty
/// instructions, a panel's row of 384 inputs 1,300: 2 to 3 % of the encoder's time.
package let rowsHaveOutliers = true

/// Rows that ``linearOffsetQ80(_:)`` multiplies at once: 3 x 3 integer sums, since a product needs a
/// temporary; the Float32 sums rest in memory while a block is multiplied.
let blockTileRows = 3

/// Whether each row of ``linearOffsetQ80(_:)`` reads the weights again, as operands of its
/// multiplications, and no instruction only loads.
///
/// A core that two hardware threads share decodes three instructions a cycle for each, and here 9
/// multiplications of a group wait for that: 27 instructions and 3 broadcasts, not 3 loads more.
let rowsLoadWeights = true

/// Adds the four products of unsigned with signed bytes of each lane; the unsigned ones are at most
/// ``largestOffsetQuant``.
///
/// Two multiplications for 32 products. `vpmaddwd` alone on weights widened to sixteen bits needs as
/// many and takes activations of 8 bits, but with twice the additions and broadcasts, and the
/// widening: 57 % of the peak where this reaches 76 %.
@inline(__always)
func addByteProducts(
  _ sums: IntegerLanes, _ unsigned: IntegerLanes, _ signed: IntegerLanes
) -> IntegerLanes {
  addPairLanes(sums, products(unsigned, signed), _mm256_set1_epi16(1))
}
