internal import Foundation
internal import GRDB

// How documents enter, move and leave. Files of equal bytes and type share one content: its
// passages are stored, embedded and found once, under each of the paths.

extension IndexStore {
  /// Elements of normalised vectors are below 1; beyond this, products of two vectors could leave
  /// the range of Float32.
  private static let largestElement: Float = 1e6

  /// Stores a document in place of what was known of its path, in one transaction.
  ///
  /// When equal bytes of the same type are indexed already, their passages are shared and `chunks`
  /// and `vectors` are not used: ask ``link(_:)`` first to spare the embedding.
  ///
  /// - Parameters:
  ///   - record: the file.
  ///   - chunks: passages in the order of the document.
  ///   - vectors: row-major `[chunks, dimension]`, finite; normalised to length 1 by the embedder.
  /// - Throws: ``StoreError/invalidInput(_:)`` for vectors of a wrong count or not finite, or what
  ///   writing a file may cost; the index is then unchanged.
  package func replaceDocument(
    _ record: DocumentRecord, chunks: [ChunkRecord], vectors: [Float]
  ) throws(StoreError) {
    try replaceDocuments([EmbeddedDocument(record: record, chunks: chunks, vectors: vectors)])
  }

  /// Stores several documents in one transaction: all of them or none.
  ///
  /// The disk's confirmation costs 2 to 5 ms a transaction, more than storing a short document, so
  /// many short documents are stored in groups.
  package func replaceDocuments(_ documents: [EmbeddedDocument]) throws(StoreError) {
    guard !documents.isEmpty else { return }
    let dimension = try identity().dimension
    // Encoded before the transaction: others write meanwhile.
    var encoded: [EncodedVectors] = []
    for document in documents { encoded.append(try encode(document, dimension: dimension)) }
    try write { database in
      try requireDimension(dimension, database)
      for (document, vectors) in zip(documents, encoded) {
        let record = document.record
        let shared = try ContentTable.find(database, sha256: record.sha256, type: record.type)
        let content =
          try shared
          ?? ContentTable.insert(database, document, vectors: vectors, path: path)
        try DocumentTable.put(database, record, contentID: content)
      }
      try raiseGeneration(database)
    }
  }

  private func encode(
    _ document: EmbeddedDocument, dimension: Int
  ) throws(StoreError) -> EncodedVectors {
    let expectedCount = document.chunks.count * dimension
    guard document.vectors.count == expectedCount else {
      throw .invalidInput(
        "\(document.chunks.count) passages need \(expectedCount) vector elements, "
          + "got \(document.vectors.count)")
    }
    guard document.vectors.allSatisfy({ abs($0) <= Self.largestElement }) else {
      throw .invalidInput(
        "\(document.record.displayPath): a vector with an element that is no number, or too large")
    }
    return EncodedVectors(document.vectors, dimension: dimension)
  }

  /// Gives a path the passages of an equal file that is indexed already, if there is one.
  ///
  /// This is how a renamed or copied file costs no embedding: call it before
  /// ``removeVanished(under:exists:)``.
  ///
  /// - Returns: whether equal bytes of the same type were indexed.
  package func link(_ record: DocumentRecord) throws(StoreError) -> Bool {
    try write { database in
      guard let content = try ContentTable.find(database, sha256: record.sha256, type: record.type)
      else { return false }
      try DocumentTable.put(database, record, contentID: content)
      try raiseGeneration(database)
      return true
    }
  }

  /// Remembers a file that could not be indexed, in place of what was known of its path.
  package func recordSkipped(_ record: DocumentRecord, reason: String) throws(StoreError) {
    try write { database in
      try DocumentTable.put(database, record, contentID: nil, skipReason: reason)
      try raiseGeneration(database)
    }
  }

  /// Notes a new time of modification for a file whose bytes proved to be the same.
  package func touch(path documentPath: String, modifiedNanoseconds: Int64) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "UPDATE document SET modifiedNanoseconds = ?, indexedNanoseconds = ? WHERE path = ?",
        arguments: [modifiedNanoseconds, currentNanoseconds(), documentPath])
    }
  }

  /// Moves a document to another path; what was known of that path goes.
  ///
  /// - Returns: whether there was such a document.
  package func renameDocument(
    from oldPath: String, to newPath: String, displayPath: String? = nil
  ) throws(StoreError) -> Bool {
    try write { database in
      let id = try Int64.fetchOne(
        database, sql: "SELECT id FROM document WHERE path = ?", arguments: [oldPath])
      guard let id else { return false }
      if newPath != oldPath { _ = try DocumentTable.remove(database, path: newPath) }
      try database.execute(
        sql: "UPDATE document SET path = ?, displayPath = ? WHERE id = ?",
        arguments: [newPath, displayPath ?? newPath, id])
      try raiseGeneration(database)
      return true
    }
  }

  /// Removes documents by their exact paths, in one transaction.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package func removeDocuments(paths: [String]) throws(StoreError) -> Int {
    guard !paths.isEmpty else { return 0 }
    return try write { database in
      var removed = 0
      for path in paths {
        if try DocumentTable.remove(database, path: path) { removed += 1 }
      }
      try raiseGeneration(database)
      return removed
    }
  }

  /// Removes the documents at or under `root` for which `exists` says no.
  ///
  /// - Parameters:
  ///   - root: canonical path of a folder or file; nil for the whole index.
  ///   - exists: called with a document's canonical path.
  /// - Returns: the removed paths.
  /// - Throws: what writing the index may cost; nothing is removed then.
  @discardableResult
  package func removeVanished(
    under root: String? = nil, exists: (String) -> Bool
  ) throws(StoreError) -> [String] {
    let vanished = try fileStates(under: root).keys.filter { !exists($0) }.sorted()
    try removeDocuments(paths: vanished)
    return vanished
  }

  /// Empties the index and gives it an identity; then every document has to be added again.
  package func rebuild(identity: IndexIdentity) throws(StoreError) {
    guard (1...IndexIdentity.maximumDimension).contains(identity.dimension) else {
      throw .invalidInput("a vector of \(identity.dimension) elements")
    }
    try write { database in
      try database.execute(sql: "DELETE FROM document")
      try database.execute(sql: "DELETE FROM vector")
      try database.execute(sql: "DELETE FROM quantizedVectors")
      try database.execute(sql: "DELETE FROM chunk")
      try database.execute(sql: "DELETE FROM content")
      // The text index is made anew: deleting entry by entry would need undamaged old text.
      try database.execute(sql: "DROP TABLE chunkText")
      try database.execute(sql: Schema.textIndexStatement)
      try database.execute(
        sql: """
          UPDATE identity SET modelHash = ?, modelName = ?, dimension = ?, chunker = ?,
            generation = generation + 1, removals = removals + 1
          """,
        arguments: [
          identity.modelHash, identity.modelName, identity.dimension, identity.chunker,
        ])
    }
    try compact()
  }

  /// Gives the pages of what was removed back to the file system.
  ///
  /// Needs as much free space as the
  /// index takes, and waits until no other process reads.
  package func compact() throws(StoreError) {
    guard let writer else { throw .readOnly(path: path) }
    do {
      try writer.vacuum()
      try writer.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Another process may have rebuilt the index for another model since it was opened.
  private func requireDimension(_ dimension: Int, _ database: Database) throws {
    let identity = try IndexState.fetch(database, path: path).identity
    guard identity.dimension == dimension else {
      throw StoreError.identityMismatch(
        path: path, field: "vectors of dimension", stored: "\(identity.dimension)",
        wanted: "\(dimension)")
    }
  }

  private func raiseGeneration(_ database: Database) throws {
    try database.execute(sql: "UPDATE identity SET generation = generation + 1")
  }
}

/// The time now, nanoseconds since 1970.
func currentNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
