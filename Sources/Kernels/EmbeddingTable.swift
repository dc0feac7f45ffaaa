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

  /// Adds row `id` to a row of activations: `y[i] += table[id, i]`.
  ///
  /// - Precondition: `id` is in `0..<rows` and `y` has `columns` elements.
  package func add(row id: Int, to y: inout MutableSpan<Float>) {
    precondition(id >= 0 && id < rows, "row outside the embedding table")
    precondition(y.count == columns, "embedding width differs")
    let row = UnsafeRawBufferPointer(
      rebasing: bytes[(id * rowByteCount)..<((id + 1) * rowByteCount)])
    switch type {
    case .f32:
      for index in 0..<columns {
        y[index] += row.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
      }
    case .f16:
      for index in 0..<columns {
        y[index] += Float(row.loadUnaligned(fromByteOffset: index * 2, as: Float16.self))
      }
    case .q80:
      for block in 0..<(columns / 32) {
        let scale = Float(row.loadUnaligned(fromByteOffset: block * 34, as: Float16.self))
        for index in 0..<32 {
          let quant = row.loadUnaligned(fromByteOffset: block * 34 + 2 + index, as: Int8.self)
          y[block * 32 + index] += scale * Float(quant)
        }
      }
    }
  }
}
