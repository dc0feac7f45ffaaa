import KernelInterface

extension ComputeContext {
  /// The mean of each sequence's rows.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, width]`.
  ///   - sequenceOffsets: n + 1 ascending numbers from 0 to the number of rows.
  ///   - y: result `[n, width]`; its `rows` become n. A sequence without tokens gives zeros.
  package func meanPool(
    _ x: borrowing Matrix, sequenceOffsets: [Int], into y: inout Matrix
  ) {
    precondition(x.columns == y.columns, "widths differ")
    checkOffsets(sequenceOffsets, rows: x.rows)
    y.rows = sequenceOffsets.count - 1
    let width = x.columns
    let elements = x.elements
    let result = y.elements
    pool.run(taskCount: y.rows) { sequence in
      let start = sequenceOffsets[sequence]
      let count = sequenceOffsets[sequence + 1] - start
      kernels.meanPool(
        elements + start * width, rows: count, width: width, into: result + sequence * width)
    }
  }

  /// Scales every row to unit Euclidean length, in place; a row of zeros stays zero.
  package func l2Normalize(_ x: inout Matrix) {
    let width = x.columns
    let elements = x.elements
    forRowChunks(x.rows, elementsPerRow: width) { rows in
      for row in rows { kernels.l2Normalize(elements + row * width, width: width) }
    }
  }
}
