import KernelsReference

extension ComputeContext {
  /// Layer normalisation of every row, in place.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, width]`. Overwritten.
  ///   - weight: gain `[width]`.
  ///   - bias: shift `[width]`.
  ///   - epsilon: added to the variance.
  package func layerNorm(
    _ x: inout Matrix, weight: WeightVector, bias: WeightVector, epsilon: Float
  ) {
    normalize(&x, residual: nil, weight: weight, bias: bias, epsilon: epsilon)
  }

  /// Adds a residual and normalises every row, in place: `x = layerNorm(x + residual)`.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, width]`. Overwritten.
  ///   - residual: added first, `[tokens, width]`.
  ///   - weight: gain `[width]`.
  ///   - bias: shift `[width]`.
  ///   - epsilon: added to the variance.
  package func addLayerNorm(
    _ x: inout Matrix, residual: borrowing Matrix, weight: WeightVector, bias: WeightVector,
    epsilon: Float
  ) {
    precondition(
      residual.rows == x.rows && residual.columns == x.columns, "residual shape differs")
    normalize(&x, residual: residual.elements, weight: weight, bias: bias, epsilon: epsilon)
  }

  private func normalize(
    _ x: inout Matrix, residual: UnsafePointer<Float>?, weight: WeightVector, bias: WeightVector,
    epsilon: Float
  ) {
    let width = x.columns
    precondition(weight.count == width && bias.count == width, "normalisation width differs")
    let elements = x.elements
    if let vector {
      forRowChunks(x.rows, elementsPerRow: width) { rows in
        let start = rows.lowerBound * width
        vector.normalize(
          LayerNormRows(
            x: elements + start, residual: residual.map { $0 + start }, rows: rows.count,
            width: width, weight: weight.elements, bias: bias.elements, epsilon: epsilon))
      }
      return
    }
    let gain = UnsafeBufferPointer(start: weight.elements, count: width)
    let shift = UnsafeBufferPointer(start: bias.elements, count: width)
    pool.run(taskCount: x.rows) { row in
      var span = UnsafeMutableBufferPointer(start: elements + row * width, count: width)
        .mutableSpan
      if let residual {
        add(
          &span,
          residual: UnsafeBufferPointer(start: residual + row * width, count: width).span)
      }
      KernelsReference.layerNorm(&span, weight: gain.span, bias: shift.span, epsilon: epsilon)
    }
  }
}
