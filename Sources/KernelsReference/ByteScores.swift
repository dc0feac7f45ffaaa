/// The scores of one query with keys that ``quantizeKeys(_:stride:headDim:quants:scales:sums:)`` made
/// bytes of, by products of bytes.
///
/// The query becomes unsigned bytes over its own range, L = `largestQuant`:
///
///     offset = min q,  scale = (max q - min q) / L
///     quants[d] = roundToNearestEven((q[d] - offset) · (L / (max q - min q)))
///
/// and with `s = 1 / √headDim` the score of key j is
///
///     (dot_j · keyScale_j) · (scale · s) + keySum_j · (offset · s),  dot_j = Σ_d quants[d] · keyQuants[j, d]
///
/// The integers are exact (`|dot_j| ≤ 255 · 127 · headDim`, below 2²⁴ up to 518 dimensions, so also
/// as Float32). The rest is Float32 in the order of the parentheses, and the last sum is a fused
/// multiply-add. The vector kernels take the same steps, so they agree bit for bit.
///
/// - A query whose range is below 2⁻¹²⁰ is constant: its scale and quants are 0.
/// - A query that is not finite has unspecified scores.
///
/// - Source: affine quantisation as in Jacob et al. 2018, arXiv:1712.05877, section 2.1.
/// - Parameters:
///   - query: `[headDim]`, not empty.
///   - largestQuant: 255; or 127 where two products have to fit in sixteen bits, as in the kernels
///     for AVX2.
///   - keyQuants: `[keys, rowByteCount]`.
///   - keyScales: one a key.
///   - keySums: one a key.
///   - quants: scratch `[headDim]`.
///   - scores: one a key. Overwritten.
/// - Complexity: O(keys × headDim), no allocation.
package func byteScores(
  query: Span<Float>, largestQuant: Float = 255, keyQuants: Span<Int8>, keyScales: Span<Float>,
  keySums: Span<Float>, quants: inout MutableSpan<UInt8>, scores: inout MutableSpan<Float>
) {
  let headDim = query.count
  let (scale, offset) = quantizeQuery(query, largestQuant: largestQuant, quants: &quants)
  let factor = 1 / Float(headDim).squareRoot()
  let rowByteCount = keyQuants.count / max(1, keyScales.count)
  for key in 0..<scores.count {
    var dot: Int32 = 0
    for dim in 0..<headDim {
      dot += Int32(quants[dim]) * Int32(keyQuants[key * rowByteCount + dim])
    }
    var score = (Float(dot) * keyScales[key]) * (scale * factor)
    score.addProduct(keySums[key], offset * factor)
    scores[key] = score
  }
}

/// Quantises a query to unsigned bytes over its range.
///
/// - Returns: The scale and the offset, `q[d] ≈ scale · quants[d] + offset`.
private func quantizeQuery(
  _ query: Span<Float>, largestQuant: Float, quants: inout MutableSpan<UInt8>
) -> (scale: Float, offset: Float) {
  var largest = -Float.infinity
  var least = Float.infinity
  for dim in 0..<query.count {
    largest = max(largest, query[dim])
    least = min(least, query[dim])
  }
  // Which of -0 and 0 is the least depends on the order of comparison; adding 0 makes both 0.
  let offset = least + 0
  let range = largest - offset
  let isConstant = !(range >= BlockQ80.smallestRange)
  let factor = isConstant ? 0 : largestQuant / range
  for dim in 0..<query.count {
    quants[dim] = UInt8((query[dim] - offset) * factor, upTo: largestQuant)
  }
  return (isConstant ? 0 : range / largestQuant, offset)
}
