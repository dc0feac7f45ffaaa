import KernelInterface

extension ComputeContext {
  /// Rotates the first `heads` heads of every row by its position, in place.
  ///
  /// - Source: Su et al. 2021, arXiv:2104.09864, eq. 34.
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
      kernels.rope(
        RopeRows(
          x: elements + range.lowerBound * stride, stride: stride, rows: range.count, heads: heads,
          headDim: headDim, rotaryDim: rotaryDim, style: style,
          table: rows + range.lowerBound * 2 * rotaryDim))
    }
  }
}
