internal import KernelInterface

extension ComputeContext {
  /// Root-mean-square normalisation of single heads of every row, in place (QK-Norm).
  ///
  /// For each head h of `heads`, over its `headDim` elements:
  /// `x[t, h] = x[t, h] / √(mean(x[t, h]²) + epsilon) · weight`. All other columns stay unchanged.
  ///
  /// - Source: Henry et al. 2020, arXiv:2010.04245, with RMSNorm in place of the L2 norm as in Qwen3
  ///   (Yang et al. 2025, arXiv:2505.09388, section 2).
  /// - Parameters:
  ///   - x: `[tokens, columns]`, heads of `headDim` elements side by side from column 0 on.
  ///     Overwritten.
  ///   - heads: the heads to normalise: those of the queries, or those of the keys.
  ///   - weight: `[headDim]`, the same for all heads.
  ///   - epsilon: added to the mean square.
  /// - Precondition: the heads are within a row.
  /// - Accuracy: that of `rmsNorm` on rows of `headDim` elements; the bits do not depend on the number
  ///   of rows or threads.
  package func rmsNorm(
    _ x: inout Matrix, heads: Range<Int>, weight: WeightVector, epsilon: Float
  ) {
    let headDim = weight.count
    precondition(
      heads.lowerBound >= 0 && heads.upperBound * headDim <= x.columns, "heads exceed the row")
    let stride = x.columns
    let first = x.elements + heads.lowerBound * headDim
    let weights = weight.elements
    forRowChunks(x.rows, elementsPerRow: heads.count * headDim) { rows in
      for row in rows {
        let start = first + row * stride
        kernels.rmsNorm(
          RMSNormRows(
            x: start, y: start, rows: heads.count, width: headDim, weight: weights, epsilon: epsilon
          ))
      }
    }
  }
}
