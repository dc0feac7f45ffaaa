internal import Documents
internal import GRDB

/// Rows of the table `content` and of the tables that refer to it: chunks, vectors, text index.
enum ContentTable {
  /// The id of the content with this hash and type, if it is stored.
  static func find(_ database: Database, sha256: String, type: String) throws -> Int64? {
    // A file that could not be read has an empty hash, which matches nothing.
    guard !sha256.isEmpty else { return nil }
    return try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM content WHERE sha256 = ? AND type = ?"),
      arguments: [sha256, type])
  }

  /// Stores the chunks of a document and their vectors.
  ///
  /// - Returns: the new row's id, larger than the id of every content that was ever stored.
  /// - Throws: ``StoreError/corrupt(path:detail:)`` if the last chunk id of the file is unusable.
  static func insert(
    _ database: Database, _ document: EmbeddedDocument, vectors: [EncodedSpace], path: String
  ) throws -> Int64 {
    let record = document.record
    let first = try nextChunkID(database, path: path)
    try database.cachedStatement(
      sql: """
        INSERT INTO content(sha256, type, title, firstChunkID, chunkCount) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      record.sha256, record.type, record.title, first, document.chunks.count,
    ])
    let content = database.lastInsertedRowID
    try insert(database, document.chunks, from: first, content: content, title: record.title)
    if let recording = document.recording {
      try RecordingTable.insert(database, recording, content: content)
    }
    for space in vectors {
      try insert(database, space, content: content, firstChunkID: first + Int64(space.firstOrdinal))
    }
    return content
  }

  private static func nextChunkID(_ database: Database, path: String) throws -> Int64 {
    let last =
      try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'chunk'")) ?? 0
    guard (0..<EmbeddingIndex.maximumID).contains(last) else {
      throw StoreError.corrupt(path: path, detail: "the last passage has the id \(last)")
    }
    return last + 1
  }

  private static func insert(
    _ database: Database, _ chunks: [Chunk], from first: Int64, content: Int64, title: String?
  ) throws {
    let chunkStatement = try database.cachedStatement(sql: ChunkTable.insertion)
    let textStatement = try database.cachedStatement(
      sql: "INSERT INTO chunkText(rowid, title, heading, text) VALUES (?, ?, ?, ?)")
    for (ordinal, chunk) in chunks.enumerated() {
      let id = first + Int64(ordinal)
      try chunkStatement.execute(
        arguments: ChunkTable.arguments(chunk, id: id, content: content, ordinal: ordinal))
      try textStatement.execute(arguments: [id, title, chunk.heading, chunk.text])
      if let picture = chunk.picture {
        try PictureTable.insert(database, picture, chunkID: id)
      }
    }
  }

  /// Adds the vectors of a space in which the content has none yet.
  ///
  /// - Returns: false, with nothing changed, where the content has vectors in this space, or fewer
  ///   chunks than the vectors need.
  static func add(
    _ database: Database, _ space: EncodedSpace, to content: Int64
  ) throws -> Bool {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT firstChunkID, chunkCount FROM content WHERE id = ? AND NOT EXISTS
          (SELECT 1 FROM quantizedVectors WHERE contentID = content.id AND spaceID = ?)
        """,
      arguments: [content, space.name.id])
    guard let row else { return false }
    let first: Int64 = try row.decode(atIndex: 0)
    let chunkCount: Int = try row.decode(atIndex: 1)
    guard space.firstOrdinal <= chunkCount,
      space.vectors.count <= chunkCount - space.firstOrdinal
    else { return false }
    try insert(database, space, content: content, firstChunkID: first + Int64(space.firstOrdinal))
    return true
  }

  private static func insert(
    _ database: Database, _ space: EncodedSpace, content: Int64, firstChunkID: Int64
  ) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO vector(spaceID, chunkID, elements) VALUES (?, ?, ?)")
    let vectors = space.vectors
    for row in 0..<vectors.count {
      try statement.execute(arguments: [
        space.name.id, firstChunkID + Int64(row), vectors.elements(of: row),
      ])
    }
    try database.cachedStatement(
      sql: """
        INSERT INTO quantizedVectors(spaceID, contentID, firstChunkID, codes, scales, residuals)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      space.name.id, content, firstChunkID, vectors.codes, vectors.scales, vectors.residuals,
    ])
  }

  /// Removes those of the candidates that no document refers to.
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
    try database.execute(sql: "UPDATE indexState SET removals = removals + 1")
  }

  private static func remove(_ database: Database, _ content: Int64) throws {
    // An external-content FTS5 table needs the old text to find the entries that it must delete.
    for sql in [
      """
      INSERT INTO chunkText(chunkText, rowid, title, heading, text)
      SELECT 'delete', id, title, heading, text FROM searchableChunk
      WHERE id IN (SELECT id FROM chunk WHERE contentID = ?)
      """,
      "DELETE FROM vector WHERE chunkID IN (SELECT id FROM chunk WHERE contentID = ?)",
      "DELETE FROM picture WHERE chunkID IN (SELECT id FROM chunk WHERE contentID = ?)",
      "DELETE FROM quantizedVectors WHERE contentID = ?",
      "DELETE FROM chunk WHERE contentID = ?",
      "DELETE FROM recording WHERE contentID = ?",
      "DELETE FROM transcript WHERE sha256 = (SELECT sha256 FROM content WHERE id = ?)",
      "DELETE FROM content WHERE id = ?",
    ] {
      try database.cachedStatement(sql: sql).execute(arguments: [content])
    }
  }
}
