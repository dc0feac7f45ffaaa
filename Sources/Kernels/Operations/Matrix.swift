import Glibc

/// An owned Float32 matrix, row-major `[rows, columns]` without gaps, at a 64-byte boundary.
///
/// The memory is allocated once, for `capacity` rows; ``rows`` may be set to anything within it.
/// The elements start as zeros.
package struct Matrix: ~Copyable, @unchecked Sendable {
  /// Rows that the memory holds.
  package let capacity: Int
  /// Elements in a row.
  package let columns: Int
  /// Rows in use.
  ///
  /// Elements of rows that were in use before keep their values.
  package var rows: Int {
    didSet { precondition(rows >= 0 && rows <= capacity, "rows exceed the matrix's capacity") }
  }
  let elements: UnsafeMutablePointer<Float>

  /// A matrix of zeros with room for `rows` rows, all in use.
  package init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns > 0, "a matrix needs columns")
    capacity = rows
    self.columns = columns
    self.rows = rows
    elements = allocateAligned(elementCount: max(1, rows * columns))
  }

  deinit { elements.deallocate() }

  /// Elements in use.
  package var count: Int { rows * columns }

  /// Gives `body` one row to read.
  package func withRow<R>(_ row: Int, _ body: (Span<Float>) throws -> R) rethrows -> R {
    precondition(row >= 0 && row < rows, "row outside the matrix")
    return try body(
      UnsafeBufferPointer(start: elements + row * columns, count: columns).span)
  }

  /// Gives `body` one row to write.
  package mutating func withMutableRow<R>(
    _ row: Int, _ body: (inout MutableSpan<Float>) throws -> R
  ) rethrows -> R {
    precondition(row >= 0 && row < rows, "row outside the matrix")
    var span = UnsafeMutableBufferPointer(start: elements + row * columns, count: columns)
      .mutableSpan
    return try body(&span)
  }

  /// Gives `body` the elements in use to read, `[rows, columns]`.
  package func withElements<R>(_ body: (Span<Float>) throws -> R) rethrows -> R {
    try body(UnsafeBufferPointer(start: elements, count: count).span)
  }

  /// Gives `body` the elements in use to write, `[rows, columns]`.
  package mutating func withMutableElements<R>(
    _ body: (inout MutableSpan<Float>) throws -> R
  ) rethrows -> R {
    var span = UnsafeMutableBufferPointer(start: elements, count: count).mutableSpan
    return try body(&span)
  }

  /// The elements in use as an array, row after row.
  package func array() -> [Float] {
    Array(UnsafeBufferPointer(start: elements, count: count))
  }
}

/// Zeroed memory as of ``allocateBytes(_:)``.
func allocateAligned<Element: BitwiseCopyable>(
  elementCount: Int, as type: Element.Type = Element.self
) -> UnsafeMutablePointer<Element> {
  let byteCount = elementCount * MemoryLayout<Element>.stride
  let memory = allocateBytes(byteCount)
  memset(memory, 0, byteCount)
  return memory.bindMemory(to: Element.self, capacity: elementCount)
}

/// Memory at a 64-byte boundary (a cache line, and an AVX-512 register), not initialised.
///
/// From 1 MB on it is in huge pages, so that rows far apart do not each cost a walk of the page
/// table.
func allocateBytes(_ byteCount: Int) -> UnsafeMutableRawPointer {
  let hugePage = 2 << 20
  guard byteCount >= hugePage / 2 else {
    return .allocate(byteCount: max(1, byteCount), alignment: 64)
  }
  let pages = (byteCount + hugePage - 1) / hugePage
  let memory = UnsafeMutableRawPointer.allocate(byteCount: pages * hugePage, alignment: hugePage)
  madvise(memory, pages * hugePage, MADV_HUGEPAGE)
  return memory
}
