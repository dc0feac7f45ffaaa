/// A weight or a shape that the kernels cannot take.
package enum KernelError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The bytes given are not `rows` rows of `columns` elements of the type.
  case byteCount(type: WeightType, rows: Int, columns: Int, needed: Int, available: Int)
  /// A row is not a whole number of the type's blocks.
  case partialBlock(type: WeightType, columns: Int)
  /// A dimension is zero, negative, or too large to address.
  case shape(rows: Int, columns: Int)
  /// A block's scale is not finite, so every product with it would be NaN.
  case scaleNotFinite(type: WeightType, row: Int, block: Int)

  /// The reason, with needed and available amounts.
  package var description: String {
    switch self {
    case .byteCount(let type, let rows, let columns, let needed, let available):
      "weight of \(rows) x \(columns) \(type.rawValue) needs \(needed) bytes, has \(available)"
    case .partialBlock(let type, let columns):
      "rows of \(columns) elements are not whole \(type.rawValue) blocks of "
        + "\(type.blockElementCount)"
    case .shape(let rows, let columns):
      "weight shape \(rows) x \(columns) cannot be used"
    case .scaleNotFinite(let type, let row, let block):
      "\(type.rawValue) block \(block) of row \(row) has a scale that is not finite"
    }
  }
}

/// Checks a weight's shape and byte count, and returns the bytes of one row.
func checkedRowByteCount(
  type: WeightType, rows: Int, columns: Int, available: Int
) throws(KernelError) -> Int {
  // 2^31 keeps every product below in Int; no model has a larger dimension.
  guard rows > 0, columns > 0, rows < 1 << 31, columns < 1 << 31 else {
    throw .shape(rows: rows, columns: columns)
  }
  guard let rowByteCount = type.rowByteCount(columns) else {
    throw .partialBlock(type: type, columns: columns)
  }
  let (needed, overflow) = rowByteCount.multipliedReportingOverflow(by: rows)
  guard !overflow else { throw .shape(rows: rows, columns: columns) }
  guard needed == available else {
    throw .byteCount(
      type: type, rows: rows, columns: columns, needed: needed, available: available)
  }
  return rowByteCount
}
