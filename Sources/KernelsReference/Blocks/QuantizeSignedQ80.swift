/// Quantises activations to ggml's `Q8_0`: blocks of 32 signed bytes with a Float16 scale.
///
/// They are the partner of weights in blocks of 32.
///
/// With m the largest magnitude, in Float32:
///
///     quants[i] = roundToNearestEven(x[i] · (127 / m))
///     scale = Float16(m / 127)
///
/// so `x[i] ≈ scale · quants[i]` and no quant is -128.
///
/// - A block of zeros, or of values so small that `127 / m` overflows, has scale 0 and quants 0.
/// - A block that holds an infinity or a NaN has a NaN scale and quants 0; one whose scale is too
///   large for Float16 has an infinite scale. Products with either are infinite or NaN, not a wrong
///   number.
///
/// - Source: ggml's x86 `quantize_row_q8_0` (ggml-cpu/arch/x86/quants.c), to which scales and
///   quants are equal bit for bit (QuantizeQ8Tests). The portable `quantize_row_q8_0_ref`, which
///   writes weights, takes `1 / (m / 127)` and rounds ties away from zero.
/// - Parameters:
///   - x: Float32, a multiple of 32 elements.
///   - quants: Int8, as many as `x`. Overwritten.
///   - scales: Float16, one for 32. Overwritten.
/// - Accuracy: `|scale · quants[i] - x[i]| ≤ (m / 127) · (1/2 + 127 · 2⁻¹¹ + 2⁻¹⁵)`; the Float16 of
///   the scale may lose half a unit in its last place, which the largest quant multiplies by 127.
/// - Complexity: O(x.count), no allocation.
package func quantizeSignedQ80(
  _ x: Span<Float>, quants: inout MutableSpan<Int8>, scales: inout MutableSpan<Float16>
) {
  for block in 0..<(x.count / 32) {
    let elements = (block * 32)..<(block * 32 + 32)
    var largest: Float = 0
    var isFinite = true
    for index in elements {
      isFinite = isFinite && x[index].isFinite
      largest = max(largest, abs(x[index]))
    }
    let inverse = 127 / largest
    let isUsable = isFinite && inverse.isFinite
    scales[block] = isFinite ? Float16(largest / 127) : .nan
    for index in elements {
      quants[index] = isUsable ? Int8((x[index] * inverse).rounded(.toNearestOrEven)) : 0
    }
  }
}
