import KernelInterface

// Linear layers with weights that were packed for the vector kernels.

extension ComputeContext {
  /// Panels of Float32 or Float16 by the vector kernels.
  func panelLinear(_ operands: LinearOperands, _ weight: WeightMatrix, isHalf: Bool) {
    guard let packed else { preconditionFailure("the weight was made for another ComputeContext") }
    let inputs = weight.inputs
    let outputs = weight.outputs
    let tasks = ProductTasks(
      rows: operands.rows, rowByteCount: inputs * 4,
      panels: (outputs + packed.panelColumns - 1) / packed.panelColumns,
      panelColumns: packed.panelColumns, inputs: inputs, threadCount: pool.freeThreadCount)
    pool.runInParts(taskCount: tasks.count) { task, _ in
      let (rows, panels) = tasks.ranges(of: task)
      packed.linearPanels(
        PanelProduct(
          x: operands.x + rows.lowerBound * inputs, rows: rows.count, inputs: inputs,
          panels: weight.storage.bytes, isHalf: isHalf, panelRange: panels,
          bias: operands.bias, activation: operands.activation,
          y: operands.y + rows.lowerBound * outputs, outputs: outputs))
    }
  }

  /// `Q8_0` weights by the vector kernels: quantises the rows, then multiplies.
  func blockLinear(
    _ operands: LinearOperands, _ weight: WeightMatrix, scalesOffset: Int, sumsOffset: Int
  ) {
    guard let packed else { preconditionFailure("the weight was made for another ComputeContext") }
    let inputs = weight.inputs
    let outputs = weight.outputs
    let isWide = operands.width == .sixteenBits
    let rowByteCount =
      isWide
      ? packed.int16RowByteCount(inputs: inputs) : packed.offsetQ80RowByteCount(inputs: inputs)
    let scales = UnsafeRawPointer(weight.storage.bytes + scalesOffset)
      .assumingMemoryBound(to: Float16.self)
    let sums = UnsafeRawPointer(weight.storage.bytes + sumsOffset)
      .assumingMemoryBound(to: Float.self)
    let tasks = ProductTasks(
      rows: operands.rows, rowByteCount: rowByteCount,
      panels: (outputs + packed.panelColumns - 1) / packed.panelColumns,
      panelColumns: packed.panelColumns, inputs: inputs, threadCount: pool.freeThreadCount)
    scratch.withBytes(operands.rows * rowByteCount) { quantized in
      forRowChunks(operands.rows, elementsPerRow: inputs) { rows in
        let source = operands.x + rows.lowerBound * inputs
        let target = quantized + rows.lowerBound * rowByteCount
        if isWide {
          packed.quantizeInt16(source, rows: rows.count, inputs: inputs, into: target)
        } else {
          packed.quantizeOffsetQ80(source, rows: rows.count, inputs: inputs, into: target)
        }
      }
      pool.runInParts(taskCount: tasks.count) { task, _ in
        let (rows, panels) = tasks.ranges(of: task)
        let product = OffsetQ80Product(
          x: quantized + rows.lowerBound * rowByteCount, rows: rows.count, inputs: inputs,
          quants: weight.storage.bytes, scales: scales, sums: sums, panelRange: panels,
          bias: operands.bias, activation: operands.activation,
          y: operands.y + rows.lowerBound * outputs, outputs: outputs)
        if isWide { packed.linearInt16Q80(product) } else { packed.linearOffsetQ80(product) }
      }
    }
  }

  /// Quantised weights by the vector kernels.
  func quantizedLinear(_ operands: LinearOperands, _ parts: QuantizedParts) {
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
}
