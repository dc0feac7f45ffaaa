/// A table of learned rows that are looked up by number: token, position or type embeddings.
///
/// The rows stay in the file's own type and place; a lookup widens one row.
package final class EmbeddingTable: @unchecked Sendable {
  /// Rows of the table.
  package let rows: Int
  /// Elements in a row.
  package let columns: Int
  private let type: WeightType
  private let bytes: UnsafeRawBufferPointer
  private let rowByteCount: Int
  private let owner: any AnyObject & Sendable

  /// A table over `bytes`, which `owner` keeps valid for as long as it lives.
  ///
  /// - Throws: ``KernelError`` when `bytes` is not `rows` rows of `columns` elements of `type`.
  package init(
    type: WeightType, rows: Int, columns: Int, bytes: UnsafeRawBufferPointer,
    owner: any AnyObject & Sendable
  ) throws(KernelError) {
    rowByteCount = try checkedRowByteCount(
      type: type, rows: rows, columns: columns, available: bytes.count)
    self.type = type
    self.rows = rows
    self.columns = columns
    self.bytes = bytes
    self.owner = owner
  }

  /// Overwrites a row of activations with row `id`: `y[i] = table[id, i]`.
  ///
  /// - Precondition: `id` is in `0..<rows` and `y` has `columns` elements.
  package func copy(row id: Int, into y: inout MutableSpan<Float>) {
    precondition(y.count == columns, "embedding width differs")
    let row = bytes(ofRow: id)
    y.withUnsafeMutableBufferPointer { widen(type: type, bytes: row, into: $0) }
  }

  /// Adds row `id` to a row of activations: `y[i] += table[id, i]`.
  ///
  /// - Precondition: `id` is in `0..<rows` and `y` has `columns` elements.
  package func add(row id: Int, to y: inout MutableSpan<Float>) {
    precondition(y.count == columns, "embedding width differs")
    let row = bytes(ofRow: id)
    // A multiple of every block, and small enough for the stack: nothing is allocated.
    let chunk = 256
    withUnsafeTemporaryAllocation(of: Float.self, capacity: chunk) { values in
      for start in stride(from: 0, to: columns, by: chunk) {
        let count = min(chunk, columns - start)
        let first = start / type.blockElementCount * type.blockByteCount
        let end = (start + count) / type.blockElementCount * type.blockByteCount
        widen(
          type: type, bytes: UnsafeRawBufferPointer(rebasing: row[first..<end]),
          into: UnsafeMutableBufferPointer(rebasing: values[..<count]))
        for index in 0..<count { y[start + index] += values[index] }
      }
    }
  }

  private func bytes(ofRow id: Int) -> UnsafeRawBufferPointer {
    precondition(id >= 0 && id < rows, "row outside the embedding table")
    return UnsafeRawBufferPointer(
      rebasing: bytes[(id * rowByteCount)..<((id + 1) * rowByteCount)])
  }
}
