internal import Kernels

/// A table of learned vectors, `[rows, width]`, of which a token id, a position or a type selects
/// one row.
///
/// The rows stay in the mapped file in their own type and are widened to Float32 when they are read.
struct Embedding: Sendable {
  let table: EmbeddingTable
  /// Multiplies every looked-up row; the table itself may also be the output matrix, which is not
  /// scaled.
  var scale: Float = 1

  /// `x[t] = scale · table[ids[t]]`.
  ///
  /// - Parameters:
  ///   - ids: rows of the table, checked.
  ///   - x: `[tokens, width]`; its rows become the number of ids.
  func lookUp(_ ids: Span<Int32>, into x: inout Matrix) {
    x.rows = ids.count
    for row in 0..<ids.count {
      x.withMutableRow(row) { numbers in
        table.copy(row: Int(ids[row]), into: &numbers)
        if scale == 1 { return }
        for index in 0..<numbers.count { numbers[index] *= scale }
      }
    }
  }

  /// `x = x + table[row]`.
  func add(_ row: Int, to x: inout MutableSpan<Float>) { table.add(row: row, to: &x) }
}

extension ModelTensors {
  /// A table whose rows are looked up.
  func embedding(_ spec: TensorSpec, scale: Float = 1) throws(ModelError) -> Embedding {
    Embedding(table: try table(spec), scale: scale)
  }
}
