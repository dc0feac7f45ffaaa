internal import Documents
internal import GRDB

/// Rows of `content` and of the tables that hang on it: passages, vectors, text index.
enum ContentTable {
  /// The content of files with these bytes and this type.
  static func find(_ database: Database, sha256: String, type: String) throws -> Int64? {
    // A file that could not be read has no hash, and equals no other.
    guard !sha256.isEmpty else { return nil }
    return try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM content WHERE sha256 = ? AND type = ?"),
      arguments: [sha256, type])
  }

  /// Stores passages and vectors.
  ///
  /// - Returns: the new row's id, larger than every id that there ever was.
  static func insert(
    _ database: Database, _ document: EmbeddedDocument, vectors: EncodedVectors, path: String
  ) throws -> Int64 {
    let record = document.record
    let chunks = document.chunks
    let last =
      try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'chunk'")) ?? 0
    guard (0..<EmbeddingIndex.maximumID).contains(last) else {
      throw StoreError.corrupt(path: path, detail: "the last passage has the id \(last)")
    }
    let first = last + 1
    try database.cachedStatement(
      sql: """
        INSERT INTO content(sha256, type, title, firstChunkID, chunkCount) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [record.sha256, record.type, record.title, first, chunks.count])
    let content = database.lastInsertedRowID
    let chunkStatement = try database.cachedStatement(
      sql: """
        INSERT INTO chunk(id, contentID, ordinal, text, heading, byteStart, byteEnd,
          sourceByteStart, sourceByteEnd, page, firstLine, lastLine, tokenCount)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let textStatement = try database.cachedStatement(
      sql: "INSERT INTO chunkText(rowid, title, heading, text) VALUES (?, ?, ?, ?)")
    let vectorStatement = try database.cachedStatement(
      sql: "INSERT INTO vector(chunkID, elements) VALUES (?, ?)")
    for (ordinal, chunk) in chunks.enumerated() {
      let id = first + Int64(ordinal)
      try chunkStatement.execute(arguments: [
        id, content, ordinal, chunk.text, chunk.heading, chunk.byteRange.lowerBound,
        chunk.byteRange.upperBound, chunk.sourceByteRange?.lowerBound,
        chunk.sourceByteRange?.upperBound, chunk.page, chunk.lineRange.lowerBound,
        chunk.lineRange.upperBound, chunk.tokenCount,
      ])
      try textStatement.execute(arguments: [id, record.title, chunk.heading, chunk.text])
      try vectorStatement.execute(arguments: [id, vectors.elements(of: ordinal)])
    }
    try database.cachedStatement(
      sql: """
        INSERT INTO quantizedVectors(contentID, codes, scales, residuals) VALUES (?, ?, ?, ?)
        """
    ).execute(arguments: [content, vectors.codes, vectors.scales, vectors.residuals])
    return content
  }

  /// Removes those of some contents that no document refers to any more.
  static func removeUnreferenced(_ database: Database, among candidates: [Int64]) throws {
    var removed = false
    for content in Set(candidates) {
      let isReferenced = try Bool.fetchOne(
        database.cachedStatement(
          sql: "SELECT EXISTS (SELECT 1 FROM document WHERE contentID = ?)"),
        arguments: [content])
      guard isReferenced == false else { continue }
      try remove(database, content)
      removed = true
    }
    guard removed else { return }
    try database.execute(sql: "UPDATE identity SET removals = removals + 1")
  }

  private static func remove(_ database: Database, _ content: Int64) throws {
    // The text index is told the old text: it keeps none of its own to find the entries by.
    for sql in [
      """
      INSERT INTO chunkText(chunkText, rowid, title, heading, text)
      SELECT 'delete', id, title, heading, text FROM searchableChunk
      WHERE id IN (SELECT id FROM chunk WHERE contentID = ?)
      """,
      "DELETE FROM vector WHERE chunkID IN (SELECT id FROM chunk WHERE contentID = ?)",
      "DELETE FROM quantizedVectors WHERE contentID = ?",
      "DELETE FROM chunk WHERE contentID = ?",
      "DELETE FROM content WHERE id = ?",
    ] {
      try database.cachedStatement(sql: sql).execute(arguments: [content])
    }
  }
}
