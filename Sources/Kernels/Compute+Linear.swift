import KernelsReference

/// What a linear layer does to its result before it is stored.
package enum Activation: Sendable {
  /// Nothing.
  case none
  /// The exact Gaussian error linear unit.
  case gelu
}

extension Compute {
  /// A linear layer: `y = x Wᵀ + b`.
  ///
  /// With `Q8_0` weights the activations are quantised to blocks of 32 signed bytes first (except
  /// for ``KernelPath/blas``, which widens the weights to Float32 at load).
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weight: made for this ``Compute``.
  ///   - bias: `[outputs]`, or nil.
  ///   - y: result `[tokens, outputs]`; its `rows` become those of `x`.
  /// - Precondition: the widths agree and `y` has capacity for the rows of `x`.
  package func linear(
    _ x: borrowing Matrix, _ weight: WeightMatrix, bias: VectorWeight?, into y: inout Matrix
  ) {
    linear(x, weight, bias: bias, activation: .none, into: &y)
  }

  /// A linear layer with GELU: `y = gelu(x Wᵀ + b)`; parameters as ``linear(_:_:bias:into:)``.
  package func linearGELU(
    _ x: borrowing Matrix, _ weight: WeightMatrix, bias: VectorWeight?, into y: inout Matrix
  ) {
    linear(x, weight, bias: bias, activation: .gelu, into: &y)
  }

  private func linear(
    _ x: borrowing Matrix, _ weight: WeightMatrix, bias: VectorWeight?, activation: Activation,
    into y: inout Matrix
  ) {
    precondition(x.columns == weight.inputs, "input width differs from the weight's")
    precondition(y.columns == weight.outputs, "result width differs from the weight's")
    precondition(bias == nil || bias?.count == weight.outputs, "bias width differs")
    y.rows = x.rows
    referenceLinear(
      x.elements, weight, bias: bias, activation: activation, into: y.elements, tokens: x.rows)
  }

  /// Row ranges in parallel, each by the scalar twin.
  private func referenceLinear(
    _ x: UnsafePointer<Float>, _ weight: WeightMatrix, bias: VectorWeight?,
    activation: Activation, into y: UnsafeMutablePointer<Float>, tokens: Int
  ) {
    let inputs = weight.inputs
    let outputs = weight.outputs
    let biasSpan = UnsafeBufferPointer(start: bias?.elements, count: bias?.count ?? 0)
    pool.run(taskCount: tokens) { token in
      let row = UnsafeBufferPointer(start: x + token * inputs, count: inputs).span
      var result = UnsafeMutableBufferPointer(start: y + token * outputs, count: outputs)
        .mutableSpan
      referenceRow(row, weight, bias: biasSpan.span, into: &result)
      if activation == .gelu { gelu(&result) }
    }
  }

  private func referenceRow(
    _ x: Span<Float>, _ weight: WeightMatrix, bias: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    let inputs = weight.inputs
    let outputs = weight.outputs
    let memory = UnsafeRawBufferPointer(
      start: weight.storage.bytes, count: weight.storage.byteCount)
    switch (weight.storage.layout, weight.type) {
    case (.float32Rows, _), (.fileRows, .f32):
      KernelsReference.linear(
        x, weight: memory.assumingMemoryBound(to: Float.self).span, bias: bias, into: &y,
        inputs: inputs, outputs: outputs)
    case (.fileRows, .f16):
      KernelsReference.linear(
        x, weight: memory.assumingMemoryBound(to: Float16.self).span, bias: bias, into: &y,
        inputs: inputs, outputs: outputs)
    case (.fileRows, .q80):
      let blocks = inputs / BlockQ80.elementCount
      scratch.withBytes(inputs + blocks * 4) { bytes in
        let scaleMemory = UnsafeMutableBufferPointer(
          start: bytes.bindMemory(to: Float.self, capacity: blocks), count: blocks)
        let quantMemory = UnsafeMutableBufferPointer(
          start: (bytes + blocks * 4).bindMemory(to: Int8.self, capacity: inputs), count: inputs)
        var scales = scaleMemory.mutableSpan
        var quants = quantMemory.mutableSpan
        quantizeBlocks(x, quants: &quants, scales: &scales)
        linearQ80(
          quants: quantMemory.span, scales: scaleMemory.span, weight: memory.bytes, bias: bias,
          into: &y, inputs: inputs, outputs: outputs)
      }
    }
  }
}
