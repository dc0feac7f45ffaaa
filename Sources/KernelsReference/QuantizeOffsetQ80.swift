/// Quantises activations to blocks of 32 unsigned bytes, with a Float32 scale and offset each.
///
/// A block's bytes span exactly its own range: `offset = min x`, `scale = (max x - min x) / L` with
/// L = `largestQuant`,
///
///     quants[i] = roundToNearestEven((x[i] - offset) · (L / (max x - min x)))
///
/// clamped to 0...L, so that `x[i] ≈ scale · quants[i] + offset`. Blocks after GELU are almost
/// wholly on one side of zero; a scheme that is symmetric about zero would leave half of its steps
/// unused there.
///
/// - A block whose values span less than 2⁻¹²⁰, where L / (max - min) would overflow, is
///   constant: scale and quants are 0, the offset is its least value.
/// - A block whose range is not a finite Float32 (it holds an infinity, or spans more than the
///   largest number) has an infinite scale and quants 0: every product with it is NaN, not a wrong
///   number.
/// - A block that holds a NaN has unspecified quants in 0...L, scale and offset.
///
/// - Source: affine (asymmetric) quantisation as in Jacob et al. 2018, arXiv:1712.05877, section
///   2.1, for each block of 32, with the offset kept in Float32.
/// - Parameters:
///   - x: Float32, a multiple of 32 elements.
///   - largestQuant: 255; or 127 where two products with a signed byte have to fit in sixteen bits,
///     as in the kernels for AVX2.
///   - quants: UInt8, as many as `x`. Overwritten.
///   - scales: Float32, one a block, not negative. Overwritten.
///   - offsets: Float32, one a block. Overwritten.
/// - Accuracy: `|scale · quants[i] + offset - x[i]| ≤ scale · (1/2 + 2⁻¹⁴)` in exact arithmetic
///   (four roundings of a relative 2⁻²⁴ on at most 255 steps); less than 2⁻¹²⁰ in a constant block.
/// - Complexity: O(x.count), no allocation.
package func quantizeOffsetQ80(
  _ x: Span<Float>, largestQuant: Float = 255, quants: inout MutableSpan<UInt8>,
  scales: inout MutableSpan<Float>, offsets: inout MutableSpan<Float>
) {
  for block in 0..<(x.count / BlockQ80.elementCount) {
    let elements = (block * BlockQ80.elementCount)..<((block + 1) * BlockQ80.elementCount)
    var largest = -Float.infinity
    var least = Float.infinity
    for index in elements {
      largest = max(largest, x[index])
      least = min(least, x[index])
    }
    // Which of -0 and 0 is the least depends on the order of comparison; adding 0 makes both 0.
    let offset = least + 0
    scales[block] = quantizeBlock(
      x, elements, range: largest - offset, offset: offset, largestQuant: largestQuant,
      quants: &quants)
    offsets[block] = offset
  }
}

/// Quantises one block over a range from `offset` on, and returns its scale.
func quantizeBlock(
  _ x: Span<Float>, _ elements: Range<Int>, range: Float, offset: Float, largestQuant: Float,
  quants: inout MutableSpan<UInt8>
) -> Float {
  let isConstant = !(range >= BlockQ80.smallestRange)
  let inverse = largestQuant / range
  for index in elements {
    quants[index] = isConstant ? 0 : UInt8((x[index] - offset) * inverse, upTo: largestQuant)
  }
  return isConstant ? 0 : range / largestQuant
}

extension BlockQ80 {
  /// The smallest range of a block of activations that is quantised; 255 / 2⁻¹²⁰ is still finite.
  package static let smallestRange: Float = 0x1p-120
}

extension UInt8 {
  /// The integer nearest to a value, ties to even, clamped to 0...`largest`; 0 for NaN.
  init(_ value: Float, upTo largest: Float) {
    let held = Swift.min(Swift.max(value, 0), largest)
    self = value.isNaN ? 0 : UInt8(held.rounded(.toNearestOrEven))
  }
}
