import KernelsReference

/// What a linear layer does to its result before it is stored.
package enum ActivationFunction: Sendable {
  /// Nothing.
  case none
  /// The exact Gaussian error linear unit.
  case gelu
}

/// The memory that one linear layer reads and writes.
struct LinearOperands {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  let bias: UnsafePointer<Float>?
  let activation: ActivationFunction
}

extension ComputeContext {
  /// A linear layer: `y = x Wᵀ + b`.
  ///
  /// With `Q8_0` weights the activations are quantised to blocks of 32 unsigned bytes first (except
  /// for ``KernelBackend/blas``, which widens the weights to Float32 at load).
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weight: made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil.
  ///   - y: result `[tokens, outputs]`; its `rows` become those of `x`.
  /// - Precondition: the widths agree and `y` has capacity for the rows of `x`.
  package func linear(
    _ x: borrowing Matrix, _ weight: WeightMatrix, bias: WeightVector?, into y: inout Matrix
  ) {
    linear(x, weight, bias: bias, activation: .none, into: &y)
  }

  /// A linear layer with GELU: `y = gelu(x Wᵀ + b)`; parameters as ``linear(_:_:bias:into:)``.
  package func linearGELU(
    _ x: borrowing Matrix, _ weight: WeightMatrix, bias: WeightVector?, into y: inout Matrix
  ) {
    linear(x, weight, bias: bias, activation: .gelu, into: &y)
  }

  private func linear(
    _ x: borrowing Matrix, _ weight: WeightMatrix, bias: WeightVector?,
    activation: ActivationFunction,
    into y: inout Matrix
  ) {
    precondition(x.columns == weight.inputs, "input width differs from the weight's")
    precondition(y.columns == weight.outputs, "result width differs from the weight's")
    precondition(bias == nil || bias?.count == weight.outputs, "bias width differs")
    y.rows = x.rows
    linear(
      LinearOperands(
        x: x.elements, y: y.elements, rows: x.rows, bias: bias?.elements, activation: activation),
      weight)
  }

  /// A linear layer on memory: `x` and `y` without gaps, of the weight's widths.
  func linear(_ operands: LinearOperands, _ weight: WeightMatrix) {
    switch weight.storage.layout {
    case .panels(let isHalf): panelLinear(operands, weight, isHalf: isHalf)
    case .blockPanels(let scalesOffset, let sumsOffset):
      blockLinear(operands, weight, scalesOffset: scalesOffset, sumsOffset: sumsOffset)
    case .float32Rows: blasLinear(operands, weight)
    case .interleaved(let parts): quantizedLinear(operands, parts)
    case .fileRows where vector == nil: referenceLinear(operands, weight)
    case .fileRows: widenedLinear(operands, weight)
    }
  }

  /// Panels of Float32 or Float16 by the own kernels.
  private func panelLinear(_ operands: LinearOperands, _ weight: WeightMatrix, isHalf: Bool) {
    guard let vector else { preconditionFailure("the weight was made for another ComputeContext") }
    let inputs = weight.inputs
    let outputs = weight.outputs
    let tasks = ProductTasks(
      rows: operands.rows, rowByteCount: inputs * 4,
      panels: (outputs + vector.panelColumns - 1) / vector.panelColumns,
      panelColumns: vector.panelColumns, inputs: inputs, threadCount: pool.threadCount)
    pool.run(taskCount: tasks.count) { task in
      let (rows, panels) = tasks.ranges(of: task)
      vector.multiplyPanels(
        PanelProduct(
          x: operands.x + rows.lowerBound * inputs, rows: rows.count, inputs: inputs,
          panels: weight.storage.bytes, isHalf: isHalf, panelRange: panels,
          bias: operands.bias, isGELU: operands.activation == .gelu,
          y: operands.y + rows.lowerBound * outputs, outputs: outputs))
    }
  }

  /// `Q8_0` weights by the own kernels: quantises the rows, then multiplies.
  private func blockLinear(
    _ operands: LinearOperands, _ weight: WeightMatrix, scalesOffset: Int, sumsOffset: Int
  ) {
    guard let vector else { preconditionFailure("the weight was made for another ComputeContext") }
    let inputs = weight.inputs
    let outputs = weight.outputs
    let rowByteCount = vector.quantizedRowByteCount(inputs)
    let scales = UnsafeRawPointer(weight.storage.bytes + scalesOffset)
      .assumingMemoryBound(to: Float16.self)
    let sums = UnsafeRawPointer(weight.storage.bytes + sumsOffset)
      .assumingMemoryBound(to: Float.self)
    let tasks = ProductTasks(
      rows: operands.rows, rowByteCount: rowByteCount,
      panels: (outputs + vector.panelColumns - 1) / vector.panelColumns,
      panelColumns: vector.panelColumns, inputs: inputs, threadCount: pool.threadCount)
    scratch.withBytes(operands.rows * rowByteCount) { quantized in
      forRowChunks(operands.rows, elementsPerRow: inputs) { rows in
        vector.quantizeRows(
          operands.x + rows.lowerBound * inputs, rows.count, inputs,
          quantized + rows.lowerBound * rowByteCount)
      }
      pool.run(taskCount: tasks.count) { task in
        let (rows, panels) = tasks.ranges(of: task)
        vector.multiplyBlocks(
          BlockProduct(
            x: quantized + rows.lowerBound * rowByteCount, rows: rows.count, inputs: inputs,
            quants: weight.storage.bytes, scales: scales, sums: sums, panelRange: panels,
            bias: operands.bias, isGELU: operands.activation == .gelu,
            y: operands.y + rows.lowerBound * outputs, outputs: outputs))
      }
    }
  }

  /// Float32 rows by OpenBLAS, one call for each tile of columns.
  private func blasLinear(_ operands: LinearOperands, _ weight: WeightMatrix) {
    // A fixed width, so that results do not depend on the number of threads.
    let tileColumns = 192
    let inputs = weight.inputs
    let outputs = weight.outputs
    let elements = UnsafeRawPointer(weight.storage.bytes).assumingMemoryBound(to: Float.self)
    guard operands.rows > 0 else { return }
    pool.run(taskCount: (outputs + tileColumns - 1) / tileColumns) { tile in
      let column = tile * tileColumns
      let columns = min(tileColumns, outputs - column)
      let result = operands.y + column
      multiplyWithBLAS(
        x: operands.x, weight: elements + column * inputs, y: result, rows: operands.rows,
        columns: columns, inputs: inputs, stride: outputs)
      let bias = operands.bias.map { $0 + column }
      let isGELU = operands.activation == .gelu
      if let vector {
        vector.finishTile(result, operands.rows, outputs, columns, bias, isGELU)
        return
      }
      for row in 0..<operands.rows {
        var span = UnsafeMutableBufferPointer(start: result + row * outputs, count: columns)
          .mutableSpan
        if let bias {
          add(&span, residual: UnsafeBufferPointer(start: bias, count: columns).span)
        }
        if isGELU { gelu(&span) }
      }
    }
  }

  /// Quantised weights by the own kernels.
  private func quantizedLinear(_ operands: LinearOperands, _ parts: QuantizedParts) {
    multiplyQuantized(
      QuantizedOperands(x: operands.x, rows: operands.rows, y: operands.y, addsToY: false), parts)
    guard let vector, operands.bias != nil || operands.activation != .none else { return }
    forRowChunks(operands.rows, elementsPerRow: parts.outputs) { rows in
      vector.finishTile(
        operands.y + rows.lowerBound * parts.outputs, rows.count, parts.outputs, parts.outputs,
        operands.bias, operands.activation == .gelu)
    }
  }

  /// Runs `body` over ranges of rows: here for little work, in parallel for more.
  func forRowChunks(_ rows: Int, elementsPerRow: Int, _ body: (Range<Int>) -> Void) {
    // 16,384 elements are about 3 µs of work, worth sharing.
    let rowsPerChunk = max(1, 16_384 / max(1, elementsPerRow))
    pool.run(taskCount: (rows + rowsPerChunk - 1) / rowsPerChunk) { chunk in
      let start = chunk * rowsPerChunk
      body(start..<min(rows, start + rowsPerChunk))
    }
  }
}
