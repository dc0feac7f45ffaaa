internal import Foundation
internal import GRDB

/// Float32 vectors by the id of their passage.
struct VectorTable {
  private let statement: Statement
  private let byteCount: Int
  private let path: String

  init(_ database: Database, dimension: Int, path: String) throws {
    statement = try database.cachedStatement(
      sql: "SELECT elements FROM vector WHERE chunkID = ?")
    byteCount = dimension * MemoryLayout<Float>.stride
    self.path = path
  }

  /// Gives `body` the little-endian Float32 elements of a vector, without a copy.
  ///
  /// - Returns: what `body` returns; nil when there is no such vector.
  func withVector<Value>(
    _ id: Int64, _ body: (UnsafeRawBufferPointer) -> Value
  ) throws -> Value? {
    let rows = try Row.fetchCursor(statement, arguments: [id])
    guard let row = try rows.next() else { return nil }
    return try row.withUnsafeData(atIndex: 0) { data in
      guard let data, data.count == byteCount else {
        throw StoreError.corrupt(path: path, detail: "the vector of passage \(id) has a wrong size")
      }
      return data.withUnsafeBytes(body)
    }
  }
}
