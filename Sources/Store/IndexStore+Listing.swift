package import Bytes
package import Documents
internal import Foundation
internal import GRDB

// Listing the contents of an index.

/// Counts and sizes of an index.
package struct IndexStatistics: Sendable, Equatable {
  package let identity: IndexIdentity
  /// Number of paths whose content is indexed.
  package let documentCount: Int
  /// Number of paths that could not be indexed.
  package let skippedCount: Int
  /// Number of distinct contents; smaller than the number of documents if files are copies.
  package let contentCount: Int
  package let chunkCount: Int
  /// Number of indexed documents by type.
  package let documentCountByType: [String: Int]
  /// Total size of the indexed files.
  package let sourceByteCount: Int
  /// Size of the index on disk, including its write-ahead log.
  package let indexByteCount: Int
}

extension IndexStore {
  /// The record of a path; nil for a path that was never added.
  ///
  /// - Complexity: one index lookup, about 20 µs. For a whole folder, use ``fileStates(under:)``.
  package func fileState(path documentPath: String) throws(StoreError) -> FileState? {
    try read { database in
      try Row.fetchOne(
        database.cachedStatement(sql: Self.fileStateSelection + " WHERE path = ?"),
        arguments: [documentPath]
      ).map { try Self.fileState($0) }
    }
  }

  /// The records of all paths at or under `root`, by path; of all paths if `root` is nil.
  package func fileStates(
    under root: String? = nil
  ) throws(StoreError) -> [ExactPath: FileState] {
    try read { database in
      let (condition, arguments) = Self.condition(under: root)
      var states: [ExactPath: FileState] = [:]
      let rows = try Row.fetchCursor(
        database, sql: Self.fileStateSelection + condition, arguments: arguments)
      while let row = try rows.next() {
        states[ExactPath(try row.decode(atIndex: 6))] = try Self.fileState(row)
      }
      return states
    }
  }

  /// The documents at or under `root`, sorted by path; all documents if `root` is nil.
  package func documents(under root: String? = nil) throws(StoreError) -> [StoredDocument] {
    try read { database in
      let (condition, arguments) = Self.condition(under: root)
      return try Row.fetchAll(
        database,
        sql: "SELECT \(DocumentTable.columns) FROM \(DocumentTable.source)\(condition)"
          + " ORDER BY path",
        arguments: arguments
      ).map { try DocumentTable.decode($0) }
    }
  }

  /// One document by its path.
  package func document(path documentPath: String) throws(StoreError) -> StoredDocument? {
    try read { database in
      try Row.fetchOne(
        database,
        sql: "SELECT \(DocumentTable.columns) FROM \(DocumentTable.source) WHERE path = ?",
        arguments: [documentPath]
      ).map { try DocumentTable.decode($0) }
    }
  }

  /// The chunks of a document in order.
  package func chunks(ofDocument id: Int64) throws(StoreError) -> [Chunk] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT \(ChunkTable.columns) FROM \(ChunkTable.source)
          WHERE contentID = (SELECT contentID FROM document WHERE id = ?) ORDER BY ordinal
          """,
        arguments: [id]
      ).map { try ChunkTable.decode($0, path: path) }
    }
  }

  /// Counts and sizes.
  package func statistics() throws(StoreError) -> IndexStatistics {
    try read { database in
      func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
      var byType: [String: Int] = [:]
      for row in try Row.fetchAll(
        database,
        sql: "SELECT type, count(*) FROM document WHERE contentID IS NOT NULL GROUP BY type")
      {
        byType[try row.decode(atIndex: 0)] = try row.decode(atIndex: 1)
      }
      return IndexStatistics(
        identity: try IndexState.fetch(database, path: path).identity,
        documentCount: try count("SELECT count(*) FROM document WHERE contentID IS NOT NULL"),
        skippedCount: try count("SELECT count(*) FROM document WHERE contentID IS NULL"),
        contentCount: try count("SELECT count(*) FROM content"),
        chunkCount: try count("SELECT count(*) FROM chunk"), documentCountByType: byType,
        sourceByteCount: try count(
          "SELECT coalesce(sum(byteCount), 0) FROM document WHERE contentID IS NOT NULL"),
        indexByteCount: ["", "-wal"].reduce(0) { $0 + fileByteCount(path + $1) })
    }
  }

  private static let fileStateSelection = """
    SELECT byteCount, modifiedNanoseconds, indexedNanoseconds, sha256, type, skipReason, path
    FROM document
    """

  private static func fileState(_ row: Row) throws -> FileState {
    FileState(
      byteCount: try row.decode(atIndex: 0), modifiedNanoseconds: try row.decode(atIndex: 1),
      indexedNanoseconds: try row.decode(atIndex: 2), sha256: try row.decode(atIndex: 3),
      type: try row.decode(atIndex: 4), skipReason: try row.decode(atIndex: 5))
  }

  /// An SQL condition for the rows of `document` at or under a folder, as a range of its index:
  /// every path below `/a/b` lies between `/a/b/` and `/a/b0`, because `0` follows `/` in ASCII.
  private static func condition(under root: String?) -> (sql: String, StatementArguments) {
    guard var root, !root.isEmpty, root != "/" else { return ("", []) }
    while root.hasSuffix("/") { root.removeLast() }
    return (
      " WHERE (path = ? OR (path >= ? AND path < ?))", [root, root + "/", root + "0"]
    )
  }
}

/// Size of a file in bytes; 0 if it does not exist.
private func fileByteCount(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
