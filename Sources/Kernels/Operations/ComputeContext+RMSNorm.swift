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
    let width = x.columns
    precondition(weight.count == width && y.columns == width, "normalisation width differs")
    y.rows = x.rows
    let task = RMSNormRows(
      x: x.elements, y: y.elements, rows: x.rows, width: width, weight: weight.elements,
      epsilon: epsilon)
    forRowChunks(x.rows, elementsPerRow: width) { rows in
      var task = task
      task.x += rows.lowerBound * width
      task.y += rows.lowerBound * width
      task.rows = rows.count
      kernels.rmsNorm(task)
    }
  }
}
