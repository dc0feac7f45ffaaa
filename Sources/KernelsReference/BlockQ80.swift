/// One block of ggml's `Q8_0`: 32 signed bytes that share one Float16 scale.
///
/// The byte layout in a file, 34 bytes a block, blocks of a row one after another:
///
///     byte   0 1   2 3 4 ...            33
///            scale q0 q1 q2 ...         q31
///            f16   int8 each
///
/// The value of element i is `Float(scale) · Float(q[i])`.
///
/// - Source: ggml's `block_q8_0`, described in the GGUF specification (ggml repository,
///   docs/gguf.md) by its type id 8.
package enum BlockQ80 {
  /// Elements in a block.
  package static let elementCount = 32
  /// Bytes of a block in a file: a Float16 scale and 32 Int8.
  package static let byteCount = 34
}

/// Quantises activations to blocks of 32 signed bytes with one Float32 scale each.
///
/// For each block: `scale = max|x| / 127` and
/// `quants[i] = roundToNearestEven(x[i] · (127 / max|x|))`; a block of zeros has scale 0 and quants 0. The quants lie in -127...127, never -128, which the
/// integer kernels rely on. An element that is NaN gives an unspecified quant in that range.
///
/// - Source: the scheme of ggml's `Q8_0` with the scale kept in Float32, rounding to even as the
///   hardware's `cvtps2dq` does.
/// - Parameters:
///   - x: Float32, a multiple of 32 elements.
///   - quants: Int8, as many as `x`. Overwritten.
///   - scales: Float32, one a block. Overwritten.
/// - Accuracy: `|scale · quants[i] - x[i]| ≤ scale · (1/2 + 2⁻¹⁶)`.
/// - Complexity: O(x.count), no allocation.
package func quantizeBlocks(
  _ x: Span<Float>, quants: inout MutableSpan<Int8>, scales: inout MutableSpan<Float>
) {
  for block in 0..<(x.count / BlockQ80.elementCount) {
    let start = block * BlockQ80.elementCount
    var largest: Float = 0
    for index in start..<(start + BlockQ80.elementCount) {
      largest = max(largest, abs(x[index]))
    }
    // 127 / max is infinite when max is subnormal; such a block is below any use and becomes zero.
    let inverse = 127 / largest
    let isZero = !(inverse < .infinity)
    scales[block] = isZero ? 0 : largest / 127
    for index in start..<(start + BlockQ80.elementCount) {
      quants[index] = isZero ? 0 : Int8(saturating: (x[index] * inverse).rounded(.toNearestOrEven))
    }
  }
}

extension Int8 {
  /// The integer of a rounded value, held to -127...127; 0 for NaN.
  fileprivate init(saturating value: Float) {
    self = value.isNaN ? 0 : Int8(Swift.min(Swift.max(value, -127), 127))
  }
}
