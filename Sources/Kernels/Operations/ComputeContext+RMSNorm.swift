import KernelInterface

extension ComputeContext {
  /// Root-mean-square normalisation of every row: `y = x / √(mean(x²) + epsilon) · weight`.
  ///
  /// - Source: Zhang & Sennrich 2019, arXiv:1910.07467, eq. 4.
  /// - Parameters:
  ///   - x: activations `[tokens, width]`.
  ///   - weight: the scale of each element, `[width]`.
  ///   - epsilon: added to the mean square.
  ///   - y: result `[tokens, width]`; its `rows` become those of `x`.
  package func rmsNorm(
    _ x: borrowing Matrix, weight: WeightVector, epsilon: Float, into y: inout Matrix
  ) {
    y.rows = x.rows
    rmsNorm(x, weight: weight, epsilon: epsilon, addsToY: false, y)
  }

  /// Adds the root-mean-square normalisation of every row to a residual stream:
  /// `y = y + x / √(mean(x²) + epsilon) · weight`, a norm after a sublayer (post-norm).
  ///
  /// - Source: Gemma Team 2024, arXiv:2408.00118, section 2 (pre-norm and post-norm).
  /// - Parameters:
  ///   - x: the sublayer's result, `[tokens, width]`.
  ///   - weight: the scale of each element, `[width]`.
  ///   - epsilon: added to the mean square.
  ///   - y: `[tokens, width]`. Overwritten with the sum.
  package func rmsNorm(
    _ x: borrowing Matrix, weight: WeightVector, epsilon: Float, addingTo y: inout Matrix
  ) {
    precondition(y.rows == x.rows, "numbers of rows differ")
    rmsNorm(x, weight: weight, epsilon: epsilon, addsToY: true, y)
  }

  private func rmsNorm(
    _ x: borrowing Matrix, weight: WeightVector, epsilon: Float, addsToY: Bool,
    _ y: borrowing Matrix
  ) {
    let width = x.columns
    precondition(weight.count == width && y.columns == width, "normalisation width differs")
    let all = RMSNormRows(
      x: x.elements, y: y.elements, rows: x.rows, width: width, weight: weight.elements,
      epsilon: epsilon, addsToY: addsToY)
    forRowChunks(x.rows, elementsPerRow: width) { rows in
      var task = all
      task.x += rows.lowerBound * width
      task.y += rows.lowerBound * width
      task.rows = rows.count
      kernels.rmsNorm(task)
    }
  }
}
