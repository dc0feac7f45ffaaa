/// Quantises a row of activations to signed 16-bit integers with one Float32 scale.
///
///     scale = m / 32767,  quants[i] = roundToNearestEven(x[i] · (32767 / m)),  m = max |x|
///
/// Sixteen bits leave 256 steps for each of eight bits, so one scale serves a whole row, even if a
/// few elements are thirty times as large as the others (those of LayerNorm in BERT).
///
/// - A row whose largest magnitude is less than 2⁻¹¹⁰, where 32767 / m would overflow, has scale 0
///   and quants 0.
/// - A row that holds an infinity has an infinite scale and quants 0: every product with it is NaN.
/// - A row that holds a NaN has an unspecified scale, and unspecified quants in range.
///
/// - Source: symmetric quantisation as in Jacob et al. 2018, arXiv:1712.05877, section 2.1.
/// - Parameters:
///   - x: Float32, one row.
///   - quants: Int16 in -32767...32767, as many as `x`. Overwritten.
/// - Returns: the scale, not negative.
/// - Accuracy: `|scale · quants[i] - x[i]| ≤ scale · (1/2 + 2⁻⁷)` in exact arithmetic (four
///   roundings of a relative 2⁻²⁴ on 32,767 steps).
/// - Complexity: O(x.count), no allocation.
package func quantizeInt16(_ x: Span<Float>, quants: inout MutableSpan<Int16>) -> Float {
  var largest: Float = 0
  for index in 0..<x.count { largest = max(largest, abs(x[index])) }
  let isZero = !(largest >= smallestInt16Magnitude)
  let inverse = largestInt16Quant / largest
  for index in 0..<x.count {
    let value = x[index] * inverse
    let held = Swift.min(Swift.max(value, -largestInt16Quant), largestInt16Quant)
    quants[index] = isZero || value.isNaN ? 0 : Int16(held.rounded(.toNearestOrEven))
  }
  return isZero ? 0 : largest / largestInt16Quant
}

/// The largest quant of ``quantizeInt16(_:quants:)``.
private let largestInt16Quant: Float = 32767

/// The smallest largest magnitude of a row that is quantised.
private let smallestInt16Magnitude: Float = 0x1p-110
