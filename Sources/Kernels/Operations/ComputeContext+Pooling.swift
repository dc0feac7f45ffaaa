import KernelInterface
import KernelsReference

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
      if let vector {
        vector.meanPool(elements + start * width, count, width, result + sequence * width)
        return
      }
      var row = UnsafeMutableBufferPointer(start: result + sequence * width, count: width)
        .mutableSpan
      KernelsReference.meanPool(
        UnsafeBufferPointer(start: elements + start * width, count: count * width).span,
        into: &row)
    }
  }

  /// Scales every row to unit Euclidean length, in place; a row of zeros stays zero.
  package func l2Normalize(_ x: inout Matrix) {
    let width = x.columns
    let elements = x.elements
    if let vector {
      forRowChunks(x.rows, elementsPerRow: width) { rows in
        for row in rows { vector.l2Normalize(elements + row * width, width) }
      }
      return
    }
    pool.run(taskCount: x.rows) { row in
      var span = UnsafeMutableBufferPointer(start: elements + row * width, count: width)
        .mutableSpan
      KernelsReference.l2Normalize(&span)
    }
  }
}
