extension Matrix {
  /// A row as an array.
  package func array(row: Int) -> [Float] {
    precondition(row >= 0 && row < rows, "row outside the matrix")
    return Array(UnsafeBufferPointer(start: elements + row * columns, count: columns))
  }

  /// Keeps the last `count` rows, which become the first.
  ///
  /// - Precondition: there are as many.
  package mutating func keepLastRows(_ count: Int) {
    precondition(count >= 0 && count <= rows, "more rows than there are")
    let dropped = rows - count
    if dropped > 0, count > 0 {
      // The ranges may overlap; `update` moves.
      elements.update(from: elements + dropped * columns, count: count * columns)
    }
    rows = count
  }

  /// Keeps some rows, which become the first.
  ///
  /// - Parameter kept: rows in strictly ascending order.
  package mutating func keepRows(_ kept: some Collection<Int>) {
    for (target, source) in kept.enumerated() where source != target {
      precondition(target < source && source < rows, "rows do not ascend within the matrix")
      (elements + target * columns).update(from: elements + source * columns, count: columns)
    }
    rows = kept.count
  }

  /// Copies a row over one of another matrix of the same width.
  package func copyRow(_ row: Int, to target: Int, of matrix: inout Matrix) {
    precondition(columns == matrix.columns, "widths differ")
    precondition(
      row >= 0 && row < rows && target >= 0 && target < matrix.rows, "row outside the matrix")
    (matrix.elements + target * columns).update(from: elements + row * columns, count: columns)
  }
}
