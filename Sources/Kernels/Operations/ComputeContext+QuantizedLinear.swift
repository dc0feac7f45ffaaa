import KernelInterface

/// The memory of one product with quantised weights.
struct QuantizedOperands {
  /// `[rows, inputs]`.
  let x: UnsafePointer<Float>
  let rows: Int
  /// `[rows, outputs]`.
  let y: UnsafeMutablePointer<Float>
  /// Whether the product is added to y.
  let addsToY: Bool
}

/// Activations, quantised in each format that the weights take: blocks of rows, in each
/// `[superblock, row]`.
private struct QuantizedActivations {
  let q8K: UnsafeMutableRawPointer
  let q80: UnsafeMutableRawPointer
  let rows: Int
  let rowsPerBlock: Int
  /// Bytes of all superblocks of a row.
  let rowByteCount: Int
}

extension ComputeContext {
  /// `y = x Wᵀ` or `y += x Wᵀ`: quantises the rows once, then multiplies with all parts.
  func multiplyQuantized(_ operands: QuantizedOperands, _ weight: QuantizedParts) {
    guard let kernels = packed else {
      preconditionFailure("the weight was made for another ComputeContext")
    }
    guard operands.rows > 0 else { return }
    let rowByteCount = kernels.activationsByteCount(rows: 1, inputs: weight.inputs)
    let q8KByteCount = weight.takesQ8K ? operands.rows * rowByteCount : 0
    let q80ByteCount = weight.takesQ80 ? operands.rows * rowByteCount : 0
    let rowsPerBlock = min(operands.rows, kernels.largestQuantizedRowCount)
    let scratchByteCount = (kernels.quantizedScratchByteCount(rows: rowsPerBlock) + 63) / 64 * 64
    scratch.withBytes(q8KByteCount + q80ByteCount + pool.threadCount * scratchByteCount) {
      let x = QuantizedActivations(
        q8K: $0, q80: $0 + q8KByteCount, rows: operands.rows, rowsPerBlock: rowsPerBlock,
        rowByteCount: rowByteCount)
      let threadScratch = $0 + q8KByteCount + q80ByteCount
      quantize(operands, weight, kernels, into: x)
      let tasks = GuidedSchedule(unitCount: weight.unitCount, threadCount: pool.threadCount)
      let rowBlocks = (operands.rows + rowsPerBlock - 1) / rowsPerBlock
      pool.run(taskCount: tasks.count * rowBlocks) { task, thread in
        let firstRow = task / tasks.count * rowsPerBlock
        let rows = min(rowsPerBlock, operands.rows - firstRow)
        weight.forEach(in: tasks.units(of: task % tasks.count)) { part, panels in
          let activations = part.type.takesQ8K ? x.q8K : x.q80
          kernels.multiply(
            part.type,
            QuantizedProduct(
              x: activations + firstRow * rowByteCount, rows: rows, inputs: weight.inputs,
              weight: part.rows, panelRange: panels,
              y: operands.y + firstRow * weight.outputs + part.column, yStride: weight.outputs,
              addsToY: operands.addsToY, scratch: threadScratch + thread * scratchByteCount))
        }
      }
    }
  }

  private func quantize(
    _ operands: QuantizedOperands, _ weight: QuantizedParts, _ kernels: any PackedKernelSet,
    into target: QuantizedActivations
  ) {
    let inputs = weight.inputs
    let takesQ8K = weight.takesQ8K
    let takesQ80 = weight.takesQ80
    forRowChunks(operands.rows, elementsPerRow: inputs) { rows in
      for row in rows {
        let firstRow = row / target.rowsPerBlock * target.rowsPerBlock
        let stride = min(target.rowsPerBlock, target.rows - firstRow)
        let byteOffset =
          firstRow * target.rowByteCount + (row - firstRow) * kernels.activationByteCount
        let source = operands.x + row * inputs
        if takesQ8K {
          kernels.quantizeQ8K(
            source, rows: 1, inputs: inputs, into: target.q8K + byteOffset, stride: stride)
        }
        if takesQ80 {
          kernels.quantizeSignedQ80(
            source, rows: 1, inputs: inputs, into: target.q80 + byteOffset, stride: stride)
        }
      }
    }
  }
}
