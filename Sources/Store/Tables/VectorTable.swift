internal import Foundation
internal import GRDB

/// The Float32 vectors of one space, by the id of their chunk.
struct VectorTable {
  private let statement: Statement
  private let spaceID: Int64
  private let byteCount: Int
  private let path: String

  init(
    _ database: Database, space: VectorSpace.Name, dimension: Int, path: String
  ) throws {
    statement = try database.cachedStatement(
      sql: "SELECT elements FROM vector WHERE chunkID = ? AND spaceID = ?")
    spaceID = space.id
    byteCount = dimension * MemoryLayout<Float>.stride
    self.path = path
  }

  /// Passes the little-endian Float32 elements of a vector to `body`, without copying them.
  ///
  /// - Returns: the result of `body`; nil if the chunk has no vector in this space.
  /// - Throws: ``StoreError/corrupt(path:detail:)`` for a vector of a wrong size.
  func withVector<Value>(
    _ id: Int64, _ body: (UnsafeRawBufferPointer) -> Value
  ) throws -> Value? {
    let rows = try Row.fetchCursor(statement, arguments: [id, spaceID])
    guard let row = try rows.next() else { return nil }
    return try row.withUnsafeData(atIndex: 0) { data in
      guard let data, data.count == byteCount else {
        throw StoreError.corrupt(path: path, detail: "the vector of passage \(id) has a wrong size")
      }
      return data.withUnsafeBytes(body)
    }
  }
}
