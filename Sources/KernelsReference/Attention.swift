/// Attention of one query of one head.
///
/// `scores[j] = (q · k_j) / √headDim`, `p = softmax(scores)`, `y = Σ_j p[j] · v_j`, over the keys
/// that the query sees.
///
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, eq. 1.
/// - Parameters:
///   - query: `[headDim]`.
///   - keys: the head's columns of the first key's row, and on to those of the last.
///   - keyStride: elements from one key to the next.
///   - values: the head's columns of the first value's row, and on to those of the last.
///   - valueStride: elements from one value to the next.
///   - positions: the keys that the query sees; not empty.
///   - scores: scratch of exactly `positions.count` elements.
///   - y: result `[headDim]`. Overwritten.
/// - Accuracy: Float32 sums in ascending order; the tests derive the bound.
/// - Complexity: O(positions × headDim), no allocation.
package func attention(
  query: Span<Float>, keys: Span<Float>, keyStride: Int, values: Span<Float>, valueStride: Int,
  positions: Range<Int>, scores: inout MutableSpan<Float>, into y: inout MutableSpan<Float>
) {
  let headDim = query.count
  let scale = 1 / Float(headDim).squareRoot()
  for (index, position) in positions.enumerated() {
    var sum: Float = 0
    for dim in 0..<headDim { sum += query[dim] * keys[position * keyStride + dim] }
    scores[index] = sum * scale
  }
  attention(
    scores: &scores, values: values, valueStride: valueStride, firstPosition: positions.lowerBound,
    into: &y)
}

/// Attention of one query of one head from its scores: `p = softmax(scores)`, `y = Σ_j p[j] · v_j`.
///
/// - Parameters:
///   - scores: one for each key that the query sees. Overwritten with p.
///   - values: the head's columns of the first value's row, and on to those of the last.
///   - valueStride: elements from one value to the next.
///   - firstPosition: the first key that the query sees.
///   - y: result `[headDim]`. Overwritten.
/// - Complexity: O(scores × headDim), no allocation.
package func attention(
  scores: inout MutableSpan<Float>, values: Span<Float>, valueStride: Int, firstPosition: Int,
  into y: inout MutableSpan<Float>
) {
  softmax(&scores)
  for dim in 0..<y.count {
    var sum: Float = 0
    for index in 0..<scores.count {
      sum += scores[index] * values[(firstPosition + index) * valueStride + dim]
    }
    y[dim] = sum
  }
}
