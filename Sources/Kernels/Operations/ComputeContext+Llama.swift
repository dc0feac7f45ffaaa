import KernelInterface
import KernelsReference

extension ComputeContext {
  /// Root-mean-square normalisation of every row.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, width]`.
  ///   - weight: gain `[width]`.
  ///   - epsilon: added to the mean square.
  ///   - y: result `[tokens, width]`; its `rows` become those of `x`.
  package func rmsNorm(
    _ x: borrowing Matrix, weight: WeightVector, epsilon: Float, into y: inout Matrix
  ) {
    let width = x.columns
    precondition(weight.count == width && y.columns == width, "normalisation width differs")
    y.rows = x.rows
    let source = x.elements
    let target = y.elements
    let gain = weight.elements
    forRowChunks(x.rows, elementsPerRow: width) { rows in
      let start = rows.lowerBound * width
      if let llama {
        llama.rmsNorm(
          RMSNormRows(
            x: source + start, y: target + start, rows: rows.count, width: width, weight: gain,
            epsilon: epsilon))
        return
      }
      for row in rows {
        var result = UnsafeMutableBufferPointer(start: target + row * width, count: width)
          .mutableSpan
        KernelsReference.rmsNorm(
          UnsafeBufferPointer(start: source + row * width, count: width).span,
          weight: UnsafeBufferPointer(start: gain, count: width).span, epsilon: epsilon,
          into: &result)
      }
    }
  }

  /// The gated activation of every row: `y = silu(gate) · up`.
  ///
  /// - Parameters:
  ///   - gateUp: `[tokens, 2 × width]`, a row being `[gate | up]`.
  ///   - y: result `[tokens, width]`; its `rows` become those of `gateUp`.
  package func swiGLU(_ gateUp: borrowing Matrix, into y: inout Matrix) {
    let width = y.columns
    precondition(gateUp.columns == 2 * width, "a row is not [gate | up]")
    y.rows = gateUp.rows
    let source = gateUp.elements
    let target = y.elements
    // An element costs as much as four of a normalisation.
    forRowChunks(y.rows, elementsPerRow: 4 * width) { rows in
      if let llama {
        llama.swiGLU(
          SwiGLURows(
            x: source + rows.lowerBound * 2 * width, y: target + rows.lowerBound * width,
            rows: rows.count, width: width))
        return
      }
      for row in rows {
        var result = UnsafeMutableBufferPointer(start: target + row * width, count: width)
          .mutableSpan
        KernelsReference.swiGLU(
          UnsafeBufferPointer(start: source + row * 2 * width, count: 2 * width).span,
          into: &result)
      }
    }
  }

  /// Rotates the first `heads` heads of every row by its position, in place.
  ///
  /// - Parameters:
  ///   - x: `[tokens, columns]`, the heads side by side at the start of a row. Overwritten.
  ///   - table: filled for the positions of the rows.
  ///   - heads: heads to rotate: those of queries and of keys.
  ///   - headDim: elements of a head.
  package func rope(_ x: inout Matrix, _ table: borrowing RopeTable, heads: Int, headDim: Int) {
    let rotaryDim = table.frequencies.rotaryDim
    precondition(heads * headDim <= x.columns && rotaryDim <= headDim, "heads exceed the row")
    precondition(table.rows.rows == x.rows, "the table is for other positions")
    let stride = x.columns
    let elements = x.elements
    let rows = table.rows.elements
    let style = table.style
    forRowChunks(x.rows, elementsPerRow: heads * rotaryDim) { range in
      let task = RopeRows(
        x: elements + range.lowerBound * stride, stride: stride, rows: range.count, heads: heads,
        headDim: headDim, rotaryDim: rotaryDim, style: style,
        table: rows + range.lowerBound * 2 * rotaryDim)
      if let llama { llama.rope(task) } else { Self.ropeByTwin(task) }
    }
  }

  private static func ropeByTwin(_ task: RopeRows) {
    for row in 0..<task.rows {
      let table = task.table + row * 2 * task.rotaryDim
      for head in 0..<task.heads {
        var span = UnsafeMutableBufferPointer(
          start: task.x + row * task.stride + head * task.headDim, count: task.headDim
        ).mutableSpan
        KernelsReference.rope(
          &span, cosines: UnsafeBufferPointer(start: table, count: task.rotaryDim).span,
          sines: UnsafeBufferPointer(start: table + task.rotaryDim, count: task.rotaryDim).span,
          style: task.style)
      }
    }
  }
}
