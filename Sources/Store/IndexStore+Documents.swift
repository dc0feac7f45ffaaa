package import Documents
internal import Foundation
internal import GRDB
internal import Synchronization

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
    _ record: DocumentRecord, chunks: [Chunk], vectors: [Float]
  ) throws(StoreError) {
    try replaceDocuments([EmbeddedDocument(record: record, chunks: chunks, vectors: vectors)])
  }

  /// Stores several documents in one transaction: all of them or none.
  package func replaceDocuments(_ documents: [EmbeddedDocument]) throws(StoreError) {
    _ = try apply(documents.map(IndexChange.replace))
  }

  /// Makes several changes, in their order, in one transaction: all of them or none.
  ///
  /// The disk's confirmation costs 2 to 5 ms a transaction and everything else 0.6 ms a document
  /// of five passages, so many small changes belong in groups: whatever came in while the last
  /// group was written.
  ///
  /// - Returns: the records of the links that found no equal bytes; they changed nothing.
  package func apply(_ changes: [IndexChange]) throws(StoreError) -> [DocumentRecord] {
    guard !changes.isEmpty else { return [] }
    let dimension = try identity().dimension
    // Encoded before the transaction: others write meanwhile.
    var encoded: [Int: EncodedVectors] = [:]
    for (number, change) in changes.enumerated() {
      guard case .replace(let document) = change else { continue }
      encoded[number] = try encode(document, dimension: dimension)
    }
    return try write { database in
      if !encoded.isEmpty { try requireIdentity(database, dimension: dimension) }
      var unknown: [DocumentRecord] = []
      for (number, change) in changes.enumerated() {
        switch change {
        case .replace(let document):
          guard let vectors = encoded[number] else { continue }
          try replace(database, document, vectors)
        case .link(let record):
          if try !link(database, record) { unknown.append(record) }
        case .skip(let record, let reason):
          try DocumentTable.put(database, record, contentID: nil, skipReason: reason)
        case .touch(let documentPath, let modifiedNanoseconds):
          try DocumentTable.touch(
            database, path: documentPath, modifiedNanoseconds: modifiedNanoseconds)
        }
      }
      try raiseGeneration(database)
      return unknown
    }
  }

  private func replace(
    _ database: Database, _ document: EmbeddedDocument, _ vectors: EncodedVectors
  ) throws {
    let record = document.record
    let shared = try ContentTable.find(database, sha256: record.sha256, type: record.type)
    let content =
      try shared ?? ContentTable.insert(database, document, vectors: vectors, path: path)
    try DocumentTable.put(database, record, contentID: content)
  }

  private func link(_ database: Database, _ record: DocumentRecord) throws -> Bool {
    let content = try ContentTable.find(database, sha256: record.sha256, type: record.type)
    guard let content else { return false }
    try DocumentTable.put(database, record, contentID: content)
    return true
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
    try apply([.link(record)]).isEmpty
  }

  /// Remembers a file that could not be indexed, in place of what was known of its path.
  package func recordSkipped(_ record: DocumentRecord, reason: String) throws(StoreError) {
    _ = try apply([.skip(record, reason: reason)])
  }

  /// Notes a new time of modification for a file whose bytes proved to be the same.
  package func touch(path documentPath: String, modifiedNanoseconds: Int64) throws(StoreError) {
    _ = try apply([.touch(path: documentPath, modifiedNanoseconds: modifiedNanoseconds)])
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
    expected.withLock { if $0 != nil { $0 = identity } }
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
  private func requireIdentity(_ database: Database, dimension: Int) throws {
    let identity = try IndexState.fetch(database, path: path).identity
    try requireExpected(identity)
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
package func currentNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
