internal import GRDB

/// Rows of the table `document`, one per path.
enum DocumentTable {
  /// The columns that ``decode(_:)`` reads, in its order.
  static let columns = """
    document.id, document.path, document.displayPath, document.type, content.title,
    document.sha256, document.byteCount, document.modifiedNanoseconds,
    document.indexedNanoseconds, coalesce(content.chunkCount, 0), document.skipReason,
    \(RecordingTable.columns)
    """
  static let source = """
    document LEFT JOIN content ON content.id = document.contentID
    LEFT JOIN recording ON recording.contentID = content.id
    """

  /// Inserts or replaces the row of a path, and removes its previous content if no other document
  /// refers to it.
  static func put(
    _ database: Database, _ record: DocumentRecord, contentID: Int64?, skipReason: String? = nil
  ) throws {
    let previous = try content(database, ofPath: record.path)
    try database.cachedStatement(
      sql: """
        INSERT INTO document(path, displayPath, contentID, type, sha256, byteCount,
          modifiedNanoseconds, indexedNanoseconds, skipReason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(path) DO UPDATE SET displayPath = excluded.displayPath,
          contentID = excluded.contentID, type = excluded.type, sha256 = excluded.sha256,
          byteCount = excluded.byteCount, modifiedNanoseconds = excluded.modifiedNanoseconds,
          indexedNanoseconds = excluded.indexedNanoseconds, skipReason = excluded.skipReason
        """
    ).execute(arguments: [
      record.path, record.displayPath, contentID, record.type, record.sha256, record.byteCount,
      record.modifiedNanoseconds, currentNanoseconds(), skipReason,
    ])
    if let previous, previous != contentID {
      try ContentTable.removeUnreferenced(database, among: [previous])
    }
  }

  /// Deletes the row of a path, and its content if no other document refers to it.
  ///
  /// - Returns: whether there was such a row.
  static func remove(_ database: Database, path: String) throws -> Bool {
    let previous = try content(database, ofPath: path)
    try database.cachedStatement(sql: "DELETE FROM document WHERE path = ?")
      .execute(arguments: [path])
    let removed = database.changesCount > 0
    if let previous { try ContentTable.removeUnreferenced(database, among: [previous]) }
    return removed
  }

  /// Sets the modification time of a path whose bytes are unchanged.
  static func touch(_ database: Database, path: String, modifiedNanoseconds: Int64) throws {
    try database.cachedStatement(
      sql: "UPDATE document SET modifiedNanoseconds = ?, indexedNanoseconds = ? WHERE path = ?"
    ).execute(arguments: [modifiedNanoseconds, currentNanoseconds(), path])
  }

  private static func content(_ database: Database, ofPath path: String) throws -> Int64? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT contentID FROM document WHERE path = ?"),
      arguments: [path])?.decode(atIndex: 0)
  }

  /// Decodes a row of ``columns``.
  static func decode(_ row: Row) throws -> StoredDocument {
    StoredDocument(
      id: try row.decode(atIndex: 0),
      record: DocumentRecord(
        path: try row.decode(atIndex: 1), displayPath: try row.decode(atIndex: 2),
        type: try row.decode(atIndex: 3), title: try row.decode(atIndex: 4),
        sha256: try row.decode(atIndex: 5), byteCount: try row.decode(atIndex: 6),
        modifiedNanoseconds: try row.decode(atIndex: 7)),
      indexedNanoseconds: try row.decode(atIndex: 8), chunkCount: try row.decode(atIndex: 9),
      skipReason: try row.decode(atIndex: 10), recording: try RecordingTable.decode(row, from: 11))
  }
}
