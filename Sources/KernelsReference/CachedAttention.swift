package import KernelInterface

/// Attention of one query to cached keys and values.
///
/// `scores[j] = (q · k_j) / √headDim`, `p = softmax(scores)`, `y = Σ_j p[j] · v_j`, over the
/// positions that the query sees: causal, so none after its own; with a sliding window, the last
/// ones.
///
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, eq. 1; Ainslie et al. 2023, arXiv:2305.13245
///   (several query heads share one head of keys and values); Jiang et al. 2023, arXiv:2310.06825
///   (sliding window).
/// - Parameters:
///   - query: `[headDim]`.
///   - head: the keys and values.
///   - positions: those that the query sees; not empty.
///   - scores: scratch of exactly `positions.count` elements.
///   - y: result `[headDim]`. Overwritten.
/// - Accuracy: Float32 sums in ascending order; see the tests for the bound.
/// - Complexity: O(positions × headDim), no allocation.
package func cachedAttention(
  query: Span<Float>, head: CacheHead, positions: Range<Int>, scores: inout MutableSpan<Float>,
  into y: inout MutableSpan<Float>
) {
  let scale = 1 / Float(head.headDim).squareRoot()
  for (index, position) in positions.enumerated() {
    var sum: Float = 0
    for dim in 0..<head.headDim {
      sum += query[dim] * cachedKey(head, position: position, dim: dim)
    }
    scores[index] = sum * scale
  }
  softmax(&scores)
  for dim in 0..<head.headDim {
    var sum: Float = 0
    for (index, position) in positions.enumerated() {
      sum += scores[index] * cachedValue(head, position: position, dim: dim)
    }
    y[dim] = sum
  }
}
