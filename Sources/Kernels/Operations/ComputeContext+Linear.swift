package import KernelInterface
import KernelsReference

/// The memory that one linear layer reads and writes.
struct LinearOperands {
  /// `[rows, inputs]`, without gaps.
  let x: UnsafePointer<Float>
  /// `[rows, outputs]`, without gaps.
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  /// `[outputs]`, or nil.
  let bias: UnsafePointer<Float>?
  let activation: ActivationFunction
}

extension ComputeContext {
  /// A linear layer: `y = activation(x Wᵀ + b)`.
  ///
  /// The weights of a stack share `x`: `y = activation([x W₁ᵀ | x W₂ᵀ | …] + b)`, and where they take
  /// quantised activations, these are quantised once for all of them. ``ActivationQuantization`` and
  /// the type of each weight decide how.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weights: made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil for none.
  ///   - activation: applied to each element after the bias.
  ///   - y: result `[tokens, outputs]`; its `rows` become those of `x`.
  /// - Precondition: the widths agree and `y` has capacity for the rows of `x`.
  /// - Complexity: O(tokens × inputs × outputs); scratch for quantised activations.
  package func linear(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector? = nil,
    activation: ActivationFunction = .none, into y: inout Matrix
  ) {
    check(x, weights, bias: bias, y)
    y.rows = x.rows
    linear(
      LinearOperands(
        x: x.elements, y: y.elements, rows: x.rows, bias: bias?.elements, activation: activation),
      weights)
  }

  /// A linear layer on memory: `x` and `y` without gaps, of the weights' widths.
  func linear(_ operands: LinearOperands, _ weights: WeightStack) {
    if let quantized = weights.quantized {
      quantizedLinear(operands, quantized)
    } else if weights.weights.count == 1 {
      linear(operands, weights.weights[0])
    } else {
      linearByParts(operands, weights)
    }
  }

  /// A linear layer added to the residual: `y += b + x Wᵀ`.
  ///
  /// The bias is added to the residual first; each element of the product is rounded before it is
  /// added.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weights: made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil for none.
  ///   - y: the residual `[tokens, outputs]`, as many rows as `x`. Overwritten with the sum.
  /// - Precondition: the widths agree.
  package func linear(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector? = nil,
    addingTo y: inout Matrix
  ) {
    check(x, weights, bias: bias, y)
    precondition(y.rows == x.rows, "result shape differs")
    let (columns, target) = (y.columns, y.elements)
    if let bias { add(bias, to: target, rows: y.rows) }
    if let quantized = weights.quantized {
      multiplyQuantized(
        QuantizedOperands(x: x.elements, rows: x.rows, y: target, addsToY: true), quantized)
      return
    }
    let operands = LinearOperands(
      x: x.elements, y: target, rows: x.rows, bias: nil, activation: .none)
    forEachProduct(operands, weights) { product, column, width in
      forRowChunks(operands.rows, elementsPerRow: width) { rows in
        for row in rows {
          let sums = target + row * columns + column
          let terms = product + row * width
          for index in 0..<width { sums[index] += terms[index] }
        }
      }
    }
  }

  private func check(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector?, _ y: borrowing Matrix
  ) {
    precondition(x.columns == weights.inputs, "input width differs from the weights'")
    precondition(y.columns == weights.outputs, "result width differs from the weights'")
    precondition(bias == nil || bias?.count == weights.outputs, "bias width differs")
  }

  /// Several weights without a product in common: each writes its columns of the result.
  private func linearByParts(_ operands: LinearOperands, _ weights: WeightStack) {
    let columns = weights.outputs
    forEachProduct(operands, weights) { product, column, width in
      for row in 0..<operands.rows {
        (operands.y + row * columns + column).update(from: product + row * width, count: width)
      }
    }
  }

  /// Gives `body` each weight's layer in scratch, `[rows, width]`, with the column at which it begins.
  private func forEachProduct(
    _ operands: LinearOperands, _ weights: WeightStack,
    _ body: (_ product: UnsafePointer<Float>, _ column: Int, _ width: Int) -> Void
  ) {
    var column = 0
    for weight in weights.weights {
      let (first, width) = (column, weight.outputs)
      let count = operands.rows * width
      scratch.withBytes(count * 4) { memory in
        let product = memory.bindMemory(to: Float.self, capacity: count)
        linear(
          LinearOperands(
            x: operands.x, y: product, rows: operands.rows,
            bias: operands.bias.map { $0 + first }, activation: operands.activation), weight)
        body(product, first, width)
      }
      column += width
    }
  }

  /// Adds a bias to every row.
  private func add(_ bias: WeightVector, to y: UnsafeMutablePointer<Float>, rows: Int) {
    forRowChunks(rows, elementsPerRow: bias.count) {
      finish(
        LinearOperands(
          x: y, y: y + $0.lowerBound * bias.count, rows: $0.count, bias: bias.elements,
          activation: .none), columns: bias.count, stride: bias.count)
    }
  }

  /// Adds the bias to some columns of a result, and applies the activation function.
  private func finish(_ operands: LinearOperands, columns: Int, stride: Int) {
    if let vector {
      vector.applyBiasAndActivation(
        operands.y, operands.rows, stride, columns, operands.bias, operands.activation)
      return
    }
    for row in 0..<operands.rows {
      var span = UnsafeMutableBufferPointer(start: operands.y + row * stride, count: columns)
        .mutableSpan
      if let bias = operands.bias {
        KernelsReference.add(
          &span, residual: UnsafeBufferPointer(start: bias, count: columns).span)
      }
      apply(operands.activation, to: &span)
    }
  }

  /// A linear layer of one weight on memory.
  private func linear(_ operands: LinearOperands, _ weight: WeightMatrix) {
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
          bias: operands.bias, activation: operands.activation,
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
            bias: operands.bias, activation: operands.activation,
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
      finish(
        LinearOperands(
          x: operands.x, y: result, rows: operands.rows, bias: operands.bias.map { $0 + column },
          activation: operands.activation), columns: columns, stride: outputs)
    }
  }

  /// Quantised weights by the own kernels.
  private func quantizedLinear(_ operands: LinearOperands, _ parts: QuantizedParts) {
    multiplyQuantized(
      QuantizedOperands(x: operands.x, rows: operands.rows, y: operands.y, addsToY: false), parts)
    if operands.bias == nil, case .none = operands.activation { return }
    forRowChunks(operands.rows, elementsPerRow: parts.outputs) {
      finish(
        LinearOperands(
          x: operands.x, y: operands.y + $0.lowerBound * parts.outputs, rows: $0.count,
          bias: operands.bias, activation: operands.activation), columns: parts.outputs,
        stride: parts.outputs)
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
