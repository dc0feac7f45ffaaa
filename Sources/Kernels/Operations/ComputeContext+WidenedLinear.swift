import KernelInterface

extension ComputeContext {
  /// Weights of types without integer kernels: a panel of rows at a time is widened to Float32 in
  /// scratch and multiplied there, so that the weight stays as small as its file.
  ///
  /// The sums are those of Float32 weights, so a row's bits do not depend on the other rows.
  func widenedLinear(_ operands: LinearOperands, _ weight: WeightMatrix) {
    guard let packed, operands.rows > 0 else { return }
    let (inputs, outputs) = (weight.inputs, weight.outputs)
    let columns = packed.panelColumns
    let panelByteCount = inputs * columns * 4
    let groupByteCount = inputs * InterleavedFormat.rowCount * 4
    let threadByteCount = panelByteCount + groupByteCount
    scratch.withBytes(pool.threadCount * threadByteCount) { memory in
      pool.run(taskCount: (outputs + columns - 1) / columns) { panel, thread in
        let panelMemory = memory + thread * threadByteCount
        let width = min(columns, outputs - panel * columns)
        widenPanel(
          weight, rows: (panel * columns)..<(panel * columns + width), columns: columns,
          group: panelMemory + panelByteCount, into: panelMemory, packed)
        packed.linearPanels(
          PanelProduct(
            x: operands.x, rows: operands.rows, inputs: inputs,
            panels: panelMemory - panel * panelByteCount, isHalf: false,
            panelRange: panel..<(panel + 1), bias: operands.bias,
            activation: operands.activation, y: operands.y, outputs: outputs))
      }
    }
  }

  /// Widens some rows into a panel `[inputs, columns]`, sixteen at a time; columns without a row
  /// repeat another.
  ///
  /// If sixteen does not divide the columns, the last group repeats some of the one before; their
  /// rows are still in `group`, row r in place r mod 16.
  private func widenPanel(
    _ weight: WeightMatrix, rows: Range<Int>, columns: Int, group: UnsafeMutableRawPointer,
    into target: UnsafeMutableRawPointer, _ kernels: any PackedKernelSet
  ) {
    let inputs = weight.inputs
    let rowByteCount = inputs / weight.type.blockElementCount * weight.type.blockByteCount
    let groupRows = InterleavedFormat.rowCount
    func place(of row: Int) -> UnsafeMutableRawPointer { group + row % groupRows * inputs * 4 }
    for start in stride(from: 0, to: columns, by: groupRows) {
      guard start < rows.count else { return }
      let column = min(start, columns - groupRows)
      for row in start..<min(column + groupRows, rows.count) {
        let bytes = UnsafeRawBufferPointer(
          start: weight.storage.bytes + (rows.lowerBound + row) * rowByteCount,
          count: rowByteCount)
        let values = place(of: row).bindMemory(to: Float.self, capacity: inputs)
        widenRow(
          weight.type, bytes, into: UnsafeMutableBufferPointer(start: values, count: inputs))
      }
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: groupRows) { addresses in
        for row in 0..<groupRows {
          addresses.initializeElement(
            at: row, to: UnsafeRawPointer(place(of: min(column + row, rows.count - 1))))
        }
        guard let start = addresses.baseAddress else { return }
        kernels.interleave(
          InterleaveStep(
            rows: start, blockCount: inputs / 16, format: .f32, halves: group,
            words: target + column * 4, lineStride: columns * 4))
        // Rows of plain numbers may end within a block of sixteen.
        for input in (inputs / 16 * 16)..<inputs {
          for row in 0..<groupRows {
            (target + (input * columns + column + row) * 4).storeBytes(
              of: addresses[row].load(fromByteOffset: input * 4, as: Float.self), as: Float.self)
          }
        }
      }
    }
  }

  /// Widens a row: by a kernel, or by the scalar code where the type's kernels multiply it as it is
  /// (its activations are then to stay Float32, ``ActivationQuantization/precise``).
  func widenRow(
    _ type: WeightType, _ bytes: UnsafeRawBufferPointer,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    guard let kernels = packed, let widened = type.widened, let source = bytes.baseAddress,
      let target = values.baseAddress
    else {
      widen(type: type, bytes: bytes, into: values)
      return
    }
    kernels.widen(
      widened, source, blockCount: values.count / type.blockElementCount, into: target)
  }
}
