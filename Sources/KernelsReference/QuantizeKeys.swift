/// Quantises the keys of one head of a sequence to signed bytes, with a scale each.
///
///     scale_j = max_d |k[j, d]| / 127
///     quants[j, d] = roundToNearestEven(k[j, d] · (127 / max_d |k[j, d]|))
///     sum_j = scale_j · Σ_d quants[j, d]
///
/// - A key whose elements are all below 2⁻¹²⁰ has the scale 0 and quants 0.
/// - A key that is not finite has unspecified quants.
///
/// - Parameters:
///   - keys: the head's columns of the first key's row, and on to those of the last.
///   - stride: elements from one key to the next.
///   - headDim: elements of a head.
///   - quants: `[keys, rowByteCount]`; the elements after `headDim` of a row become 0.
///   - scales: one a key. Overwritten.
///   - sums: one a key. Overwritten.
/// - Accuracy: `|scale_j · quants[j, d] - k[j, d]| ≤ scale_j · (1/2 + 2⁻¹⁵)` in exact arithmetic
///   (three roundings of a relative 2⁻²⁴ on at most 127 steps).
/// - Complexity: O(keys × headDim), no allocation.
package func quantizeKeys(
  _ keys: Span<Float>, stride: Int, headDim: Int, quants: inout MutableSpan<Int8>,
  scales: inout MutableSpan<Float>, sums: inout MutableSpan<Float>
) {
  let count = scales.count
  let rowByteCount = quants.count / max(1, count)
  for key in 0..<count {
    var largest: Float = 0
    for dim in 0..<headDim { largest = max(largest, abs(keys[key * stride + dim])) }
    let isConstant = !(largest >= BlockQ80.smallestRange)
    let factor = isConstant ? 0 : 127 / largest
    scales[key] = isConstant ? 0 : largest / 127
    var sum = 0
    for dim in 0..<rowByteCount {
      let quant = dim < headDim ? Int8(keys[key * stride + dim] * factor, upTo: 127) : 0
      quants[key * rowByteCount + dim] = quant
      sum += Int(quant)
    }
    sums[key] = Float(sum) * scales[key]
  }
}

extension Int8 {
  /// The integer nearest to a value, ties to even, clamped to `-largest...largest`; 0 for NaN.
  fileprivate init(_ value: Float, upTo largest: Float) {
    let held = Swift.min(Swift.max(value, -largest), largest)
    self = value.isNaN ? 0 : Int8(held.rounded(.toNearestOrEven))
  }
}
