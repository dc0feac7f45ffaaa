extension ComputeContext {
  /// Float32 rows by OpenBLAS, one call for each tile of columns.
  func blasLinear(_ operands: LinearOperands, _ weight: WeightMatrix) {
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
}
