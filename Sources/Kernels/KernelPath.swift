/// Which implementation computes: the choice behind `--kernels`.
package enum KernelPath: String, Sendable, CaseIterable {
  /// The scalar twins of KernelsReference: slow, written to be read.
  case reference
  /// The project's own vector kernels, in the best instruction set of this CPU.
  case simd
  /// As `simd`, with every matrix product done by OpenBLAS in Float32.
  case blas
}

/// The element type of a weight, as its file stores it.
package enum WeightType: String, Sendable, CaseIterable {
  /// IEEE 754 binary32.
  case f32 = "F32"
  /// IEEE 754 binary16.
  case f16 = "F16"
  /// ggml's `Q8_0`: blocks of 32 signed bytes with a Float16 scale, 34 bytes a block.
  case q80 = "Q8_0"

  /// Elements that one block holds; 1 for the plain types.
  ///
  /// Rows are whole blocks.
  package var blockElementCount: Int { self == .q80 ? 32 : 1 }

  /// Bytes of one block in a file.
  package var blockByteCount: Int {
    switch self {
    case .f32: 4
    case .f16: 2
    case .q80: 34
    }
  }

  /// Bytes of one row of `count` elements, or nil when that is not a whole number of blocks.
  package func rowByteCount(_ count: Int) -> Int? {
    count.isMultiple(of: blockElementCount) ? count / blockElementCount * blockByteCount : nil
  }
}

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

  /// What is wrong, with needed and available amounts.
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
