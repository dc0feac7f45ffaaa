/// Multi-head self-attention of one sequence: every token attends to every token.
///
/// For head h and query token t, with q, k, v the head's columns of the packed matrix:
/// `scores[j] = (q_t · k_j) / √headDim`, `p = softmax(scores)`, `y[t] = Σ_j p[j] · v_j`.
///
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, eq. 1.
/// - Parameters:
///   - queryKeyValue: row-major `[tokens, 3 × width]`: columns 0..<width are queries,
///     width..<2·width keys, 2·width..<3·width values; a head owns `width / heads` columns of each.
///   - heads: number of heads; divides `width`.
///   - width: columns of y.
///   - scores: scratch of exactly `tokens` elements.
///   - y: result, row-major `[tokens, width]`, heads side by side. Overwritten.
/// - Accuracy: Float32 sums in ascending order; see the tests for the bound.
/// - Complexity: O(tokens² × width), no allocation.
package func attention(
  queryKeyValue: Span<Float>, heads: Int, width: Int, scores: inout MutableSpan<Float>,
  into y: inout MutableSpan<Float>
) {
  let stride = 3 * width
  let tokens = queryKeyValue.count / stride
  let headDim = width / heads
  let scale = 1 / Float(headDim).squareRoot()
  for head in 0..<heads {
    let column = head * headDim
    for query in 0..<tokens {
      for key in 0..<tokens {
        var sum: Float = 0
        for dim in 0..<headDim {
          sum +=
            queryKeyValue[query * stride + column + dim]
            * queryKeyValue[key * stride + width + column + dim]
        }
        scores[key] = sum * scale
      }
      softmax(&scores)
      for dim in 0..<headDim {
        var sum: Float = 0
        for key in 0..<tokens {
          sum += scores[key] * queryKeyValue[key * stride + 2 * width + column + dim]
        }
        y[query * width + column + dim] = sum
      }
    }
  }
}
