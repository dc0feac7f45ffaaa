import KernelInterface

extension ComputeContext {
  /// Layer normalisation of every row: `y = layerNorm(x)`, as pre-norm transformers apply it before
  /// a sublayer, whose residual is `x`.
  ///
  /// - Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450; Xiong et al. 2020, arXiv:2002.04745, for
  ///   the place before the sublayer.
  /// - Parameters:
  ///   - x: activations `[tokens, width]`.
  ///   - weight: the scale of each element, `[width]`.
  ///   - bias: added to each scaled element, `[width]`.
  ///   - epsilon: added to the variance.
  ///   - y: result `[tokens, width]`; its `rows` become those of `x`.
  package func layerNorm(
    _ x: borrowing Matrix, weight: WeightVector, bias: WeightVector, epsilon: Float,
    into y: inout Matrix
  ) {
    precondition(y.columns == x.columns, "result width differs")
    y.rows = x.rows
    layerNorm(
      LayerNormRows(
        x: x.elements, residual: nil, y: y.elements, rows: x.rows, width: x.columns, weight, bias,
        epsilon: epsilon))
  }

  /// Layer normalisation of every row, in place: `x = layerNorm(x)`; the parameters are those of
  /// ``layerNorm(_:weight:bias:epsilon:into:)``.
  package func layerNorm(
    _ x: inout Matrix, weight: WeightVector, bias: WeightVector, epsilon: Float
  ) {
    layerNorm(
      LayerNormRows(
        x: x.elements, residual: nil, y: x.elements, rows: x.rows, width: x.columns, weight, bias,
        epsilon: epsilon))
  }

  /// Adds a residual and normalises every row, in place: `x = layerNorm(x + residual)`, as
  /// post-norm transformers (BERT) apply it after a sublayer.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, width]`. Overwritten.
  ///   - residual: added first, `[tokens, width]`.
  ///   - weight: the scale of each element, `[width]`.
  ///   - bias: added to each scaled element, `[width]`.
  ///   - epsilon: added to the variance.
  package func addLayerNorm(
    _ x: inout Matrix, residual: borrowing Matrix, weight: WeightVector, bias: WeightVector,
    epsilon: Float
  ) {
    precondition(
      residual.rows == x.rows && residual.columns == x.columns, "residual shape differs")
    layerNorm(
      LayerNormRows(
        x: x.elements, residual: residual.elements, y: x.elements, rows: x.rows, width: x.columns,
        weight, bias, epsilon: epsilon))
  }

  private func layerNorm(_ all: LayerNormRows) {
    let width = all.width
    forRowChunks(all.rows, elementsPerRow: width) { range in
      var task = all
      task.x += range.lowerBound * width
      task.residual = task.residual.map { $0 + range.lowerBound * width }
      task.y += range.lowerBound * width
      task.rows = range.count
      kernels.layerNorm(task)
    }
  }
}

extension LayerNormRows {
  fileprivate init(
    x: UnsafePointer<Float>, residual: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    rows: Int, width: Int, _ weight: WeightVector, _ bias: WeightVector, epsilon: Float
  ) {
    precondition(weight.count == width && bias.count == width, "normalisation width differs")
    self.init(
      x: x, residual: residual, y: y, rows: rows, width: width, weight: weight.elements,
      bias: bias.elements, epsilon: epsilon)
  }
}
