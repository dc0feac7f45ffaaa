/// Quantises activations to ggml's `Q8_K`: superblocks of 256 signed bytes with a Float32 scale,
/// and the sums of their groups of 16.
///
/// They are the partner of K-quant weights.
///
/// With m the value of largest magnitude, sign kept (the first of several), in Float32:
///
///     inverse = -127 / m
///     quants[i] = min(127, roundToNearestEven(x[i] · inverse))
///     scale = 1 / inverse
///     sums[j] = Σ quants[16j ..< 16j + 16]
///
/// so `x[i] ≈ scale · quants[i]` and no quant is -128. The sign makes m itself -127.
///
/// - A block of zeros, or of values so small that `inverse` overflows (magnitudes below about
///   2⁻¹²¹), has scale 0, quants 0 and sums 0.
/// - A block that holds an infinity or a NaN has a NaN scale, quants 0 and sums 0: every product
///   with it is NaN, not a wrong number.
///
/// - Source: ggml `quantize_row_q8_K` (ggml-quants.c), to which scales and quants are equal bit for
///   bit (QuantizeQ8Tests); the file's own layout of a block, `f32 d, i8 qs[256], i16 bsums[16]`,
///   is not kept.
/// - Parameters:
///   - x: Float32, a multiple of 256 elements.
///   - quants: Int8, as many as `x`. Overwritten.
///   - scales: Float32, one for 256. Overwritten.
///   - sums: Int16, one for 16; each within ±2,032. Overwritten.
/// - Accuracy: `|scale · quants[i] - x[i]| ≤ |scale| · (1/2 + 2⁻¹⁵)`, three roundings of a relative
///   2⁻²⁴ on at most 127 steps.
/// - Complexity: O(x.count), no allocation.
package func quantizeQ8K(
  _ x: Span<Float>, quants: inout MutableSpan<Int8>, scales: inout MutableSpan<Float>,
  sums: inout MutableSpan<Int16>
) {
  for block in 0..<(x.count / 256) {
    let elements = (block * 256)..<(block * 256 + 256)
    var largest: Float = 0
    var isFinite = true
    for index in elements {
      isFinite = isFinite && x[index].isFinite
      if abs(x[index]) > abs(largest) { largest = x[index] }
    }
    let inverse = -127 / largest
    let isUsable = isFinite && inverse.isFinite
    for index in elements {
      let quant = isUsable ? (x[index] * inverse).rounded(.toNearestOrEven) : 0
      quants[index] = Int8(min(127, quant))
    }
    scales[block] = !isFinite ? .nan : (isUsable ? 1 / inverse : 0)
    for group in (block * 16)..<(block * 16 + 16) {
      var sum: Int16 = 0
      for index in (group * 16)..<(group * 16 + 16) { sum += Int16(quants[index]) }
      sums[group] = sum
    }
  }
}
