internal import Bytes
package import Documents
internal import Foundation
internal import GRDB
internal import Synchronization

// Adding, renaming and removing documents. Files with the same bytes and type share one content:
// its chunks are embedded and stored once, and a search finds them once, with all paths.

extension IndexStore {
  /// Elements of normalised vectors are at most 1; beyond this limit, products of two vectors could
  /// overflow Float32.
  private static let largestElement: Float = 1e6

  /// Stores a document in place of whatever was recorded for its path, in one transaction.
  ///
  /// If a file with the same bytes and type is indexed already, its chunks are shared, and `chunks`
  /// and `vectors` are ignored: call ``link(_:)`` first to avoid the embedding.
  ///
  /// - Parameters:
  ///   - record: the file.
  ///   - chunks: in document order.
  ///   - vectors: row-major `[chunks, dimension]`, finite; normalised to length 1 by the embedder.
  /// - Throws: ``StoreError/invalidInput(_:)`` for vectors of a wrong count or with elements that
  ///   are not finite, and errors of writing the file; the index is unchanged then.
  package func replaceDocument(
    _ record: DocumentRecord, chunks: [Chunk], vectors: [Float]
  ) throws(StoreError) {
    try replaceDocuments([EmbeddedDocument(record: record, chunks: chunks, vectors: vectors)])
  }

  /// Stores several documents in one transaction, all or none.
  package func replaceDocuments(_ documents: [EmbeddedDocument]) throws(StoreError) {
    _ = try apply(documents.map(IndexChange.replace))
  }

  /// Applies several changes in order, in one transaction, all or none.
  ///
  /// Flushing to disk takes 2 to 5 ms per transaction, and everything else 0.6 ms per document of
  /// five chunks, so small changes should be grouped: whatever arrives while the previous group is
  /// written.
  ///
  /// - Returns: the records of the links and of the added vectors for which no file with the same
  ///   bytes is indexed, or whose content has vectors already; they changed nothing.
  package func apply(_ changes: [IndexChange]) throws(StoreError) -> [DocumentRecord] {
    guard !changes.isEmpty else { return [] }
    let identity = try identity()
    // Encoded before the transaction, so that other processes can write meanwhile.
    var encoded: [Int: [EncodedSpace]] = [:]
    for (number, change) in changes.enumerated() {
      switch change {
      case .replace(let document), .renew(let document):
        encoded[number] = try encode(document, identity)
      case .addVectors(let vectors, let record):
        encoded[number] = [try encode(vectors, of: record, chunkCount: nil, identity)]
      case .link, .skip, .touch: continue
      }
    }
    return try write { database in
      if !encoded.isEmpty { try requireUnchanged(database, identity) }
      var unknown: [DocumentRecord] = []
      for (number, change) in changes.enumerated() {
        switch change {
        case .replace(let document):
          guard let vectors = encoded[number] else { continue }
          try replace(database, document, vectors)
        case .renew(let document):
          guard let vectors = encoded[number] else { continue }
          try renew(database, document, vectors)
        case .addVectors(_, let record):
          let content = try ContentTable.find(database, sha256: record.sha256, type: record.type)
          guard let content, let space = encoded[number]?.first,
            try ContentTable.add(database, space, to: content)
          else {
            unknown.append(record)
            continue
          }
        case .link(let record):
          if try !link(database, record) { unknown.append(record) }
        case .skip(let record, let reason):
          try DocumentTable.put(database, record, contentID: nil, skipReason: reason)
        case .touch(let documentPath, let modifiedNanoseconds):
          try DocumentTable.touch(
            database, path: documentPath, modifiedNanoseconds: modifiedNanoseconds)
        }
      }
      try IndexState.raiseGeneration(database)
      return unknown
    }
  }

  private func replace(
    _ database: Database, _ document: EmbeddedDocument, _ vectors: [EncodedSpace]
  ) throws {
    let record = document.record
    let shared = try ContentTable.find(database, sha256: record.sha256, type: record.type)
    let content =
      try shared ?? ContentTable.insert(database, document, vectors: vectors, path: path)
    try DocumentTable.put(database, record, contentID: content)
  }

  /// Stores the document as new content, to which all paths of the old content move.
  private func renew(
    _ database: Database, _ document: EmbeddedDocument, _ vectors: [EncodedSpace]
  ) throws {
    let record = document.record
    let old = try ContentTable.find(database, sha256: record.sha256, type: record.type)
    // The key is unique, so the old content gives it up first; no file has an empty hash.
    if let old {
      try database.execute(sql: "UPDATE content SET sha256 = '' WHERE id = ?", arguments: [old])
    }
    let content = try ContentTable.insert(database, document, vectors: vectors, path: path)
    if let old {
      try database.execute(
        sql: "UPDATE document SET contentID = ? WHERE contentID = ?", arguments: [content, old])
      try ContentTable.removeUnreferenced(database, among: [old])
    }
    try DocumentTable.put(database, record, contentID: content)
  }

  private func link(_ database: Database, _ record: DocumentRecord) throws -> Bool {
    let content = try ContentTable.find(database, sha256: record.sha256, type: record.type)
    guard let content else { return false }
    try DocumentTable.put(database, record, contentID: content)
    return true
  }

  /// Checks and encodes the vectors of a document.
  private func encode(
    _ document: EmbeddedDocument, _ identity: IndexIdentity
  ) throws(StoreError) -> [EncodedSpace] {
    var encoded: [EncodedSpace] = []
    for vectors in document.vectors {
      guard !encoded.contains(where: { $0.name == vectors.space }) else {
        throw .invalidInput(
          "\(document.record.displayPath): unexpected vectors of the space \(vectors.space)")
      }
      encoded.append(
        try encode(
          vectors, of: document.record, chunkCount: document.chunks.count, identity))
    }
    try requireVectors(of: document, encoded)
    return encoded
  }

  /// Checks and encodes the vectors of one space.
  ///
  /// - Parameters:
  ///   - vectors: of one space.
  ///   - record: the document, for messages.
  ///   - chunkCount: the number of the document's chunks; nil where only the file has it.
  ///   - identity: the spaces of the index.
  /// - Returns: the vectors with their codes.
  /// - Throws: ``StoreError/invalidInput(_:)``.
  private func encode(
    _ vectors: SpaceVectors, of record: DocumentRecord, chunkCount: Int?, _ identity: IndexIdentity
  ) throws(StoreError) -> EncodedSpace {
    let name = record.displayPath
    guard let space = identity.space(vectors.space) else {
      throw .invalidInput("\(name): unexpected vectors of the space \(vectors.space)")
    }
    let rowCount = vectors.elements.count / space.dimension
    let available = chunkCount ?? Int.max
    guard vectors.elements.count == rowCount * space.dimension,
      (0...available).contains(vectors.firstOrdinal), rowCount <= available - vectors.firstOrdinal
    else {
      throw .invalidInput(
        "\(name): \(vectors.elements.count) vector elements do not fit"
          + " \(chunkCount.map(String.init) ?? "the") passages of \(space.dimension) elements each")
    }
    guard vectors.elements.allSatisfy({ abs($0) <= Self.largestElement }) else {
      throw .invalidInput("\(name): a vector element is not a number, or too large")
    }
    return EncodedSpace(
      name: vectors.space, firstOrdinal: vectors.firstOrdinal,
      vectors: EncodedVectors(vectors.elements, dimension: space.dimension))
  }

  /// Throws unless every chunk with text has a vector in the text space, and every other chunk but a
  /// picture, which may wait for its model, has a vector in some space.
  private func requireVectors(
    of document: EmbeddedDocument, _ encoded: [EncodedSpace]
  ) throws(StoreError) {
    func has(_ ordinal: Int, _ space: EncodedSpace) -> Bool {
      (space.firstOrdinal..<space.firstOrdinal + space.vectors.count).contains(ordinal)
    }
    for (ordinal, chunk) in document.chunks.enumerated() {
      let spaces = encoded.filter { has(ordinal, $0) }
      let isWaiting = spaces.isEmpty && chunk.modality == .picture && chunk.text.isEmpty
      let isComplete =
        !spaces.isEmpty && (chunk.text.isEmpty || spaces.contains { $0.name == .text })
      guard isWaiting || isComplete else {
        throw .invalidInput(
          "\(document.record.displayPath): passage \(ordinal) of \(document.chunks.count) has no "
            + "vector")
      }
    }
  }

  /// Links a path to the content of a file with the same bytes and type, if one is indexed.
  ///
  /// So a renamed or copied file needs no embedding; call this before
  /// ``removeVanished(under:exists:)``.
  ///
  /// - Returns: whether there was such a content.
  package func link(_ record: DocumentRecord) throws(StoreError) -> Bool {
    try apply([.link(record)]).isEmpty
  }

  /// Records a file that could not be indexed, in place of whatever was recorded for its path.
  package func recordSkipped(_ record: DocumentRecord, reason: String) throws(StoreError) {
    _ = try apply([.skip(record, reason: reason)])
  }

  /// Records a new modification time for a file whose bytes are unchanged.
  package func touch(path documentPath: String, modifiedNanoseconds: Int64) throws(StoreError) {
    _ = try apply([.touch(path: documentPath, modifiedNanoseconds: modifiedNanoseconds)])
  }

  /// Moves a document to another path, in place of whatever was recorded for that path.
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
      try IndexState.raiseGeneration(database)
      return true
    }
  }

  /// Removes documents by their exact paths, in one transaction.
  ///
  /// - Returns: the number of removed documents.
  @discardableResult
  package func removeDocuments(paths: [String]) throws(StoreError) -> Int {
    guard !paths.isEmpty else { return 0 }
    return try write { database in
      var removed = 0
      for path in paths {
        if try DocumentTable.remove(database, path: path) { removed += 1 }
      }
      try IndexState.raiseGeneration(database)
      return removed
    }
  }

  /// Removes the documents at or under `root` for which `exists` returns false.
  ///
  /// - Parameters:
  ///   - root: canonical path of a folder or file; nil for the whole index.
  ///   - exists: called with a document's canonical path.
  /// - Returns: the removed paths.
  /// - Throws: errors of writing the index; nothing is removed then.
  @discardableResult
  package func removeVanished(
    under root: String? = nil, exists: (String) -> Bool
  ) throws(StoreError) -> [String] {
    let vanished = try fileStates(under: root).keys.map(\.string).filter { !exists($0) }.sorted()
    try removeDocuments(paths: vanished)
    return vanished
  }

  /// Empties the index and gives it a new identity.
  ///
  /// Its documents stay listed, as skipped with ``waitingReason``, until they are added again. After an
  /// interruption ``waitingPaths()`` returns the remaining ones. Transcripts of recordings stay: they
  /// depend on the recording and the speech model alone.
  package func rebuild(identity: IndexIdentity) throws(StoreError) {
    try identity.requireUsable()
    try write { database in
      try database.execute(
        sql: "UPDATE document SET contentID = NULL, skipReason = ?",
        arguments: [Self.waitingReason])
      for table in [
        "vector", "quantizedVectors", "picture", "recording", "chunk", "content", "vectorSpace",
      ] {
        try database.execute(sql: "DELETE FROM \(table)")
      }
      // The text index is created anew: deleting its entries would need the undamaged old text.
      try database.execute(sql: "DROP TABLE chunkText")
      try database.execute(sql: Schema.textIndexStatement)
      try IndexState.put(database, spaces: identity.spaces)
      try database.execute(
        sql: """
          UPDATE indexState SET chunker = ?, generation = generation + 1, removals = removals + 1
          """,
        arguments: [identity.chunker])
    }
    expected.withLock { if $0 != nil { $0 = identity } }
    try compact()
  }

  /// Why a document is skipped that a rebuild has not reached yet.
  package static let waitingReason =
    "waiting to be embedded again: swiftrag index rebuild continues"

  /// The canonical paths of the documents that a rebuild has not reached yet, ascending.
  package func waitingPaths() throws(StoreError) -> [String] {
    try read {
      try String.fetchAll(
        $0, sql: "SELECT path FROM document WHERE skipReason = ? ORDER BY path",
        arguments: [Self.waitingReason])
    }
  }

  /// Some of the indexed texts, evenly spread, to measure what embedding them takes.
  ///
  /// - Parameter limit: how many at most.
  /// - Returns: texts, without the empty ones of pictures.
  /// - Throws: if the index cannot be read.
  package func sampleTexts(limit: Int) throws(StoreError) -> [String] {
    try read { database in
      let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM chunk") ?? 0
      let step = max(1, count / max(1, limit))
      return try String.fetchAll(
        database, sql: "SELECT text FROM chunk WHERE id % ? = 0 AND text <> '' LIMIT ?",
        arguments: [step, limit])
    }
  }

  /// Adds the spaces of an identity that the index lacks, without vectors.
  func addMissingSpaces(of wanted: IndexIdentity) throws(StoreError) {
    try wanted.requireUsable()
    let present = try identity()
    guard wanted.spaces.contains(where: { present.space($0.name) == nil }) else { return }
    try write { database in
      let present = try IndexState.fetch(database, path: path).identity
      try IndexState.put(
        database, spaces: wanted.spaces.filter { present.space($0.name) == nil })
      try IndexState.raiseGeneration(database)
    }
  }

  /// Checks that vectors of a space may be compared with those of the index, and adds the space where
  /// the index is open for writing and lacks it.
  ///
  /// - Throws: ``StoreError/identityMismatch(path:field:stored:wanted:)`` for another model.
  package func adopt(_ space: VectorSpace) throws(StoreError) {
    let present = try identity()
    if let known = present.space(space.name) {
      try known.requireCompatible(with: space, path: path)
    } else if mode == .readWrite, space.name == .picture {
      try addMissingSpaces(
        of: IndexIdentity(text: present.text, picture: space, chunker: present.chunker))
    }
    // From now on the caller has vectors of this space, and another process may rebuild the index
    // with another model.
    expected.withLock { expected in
      guard let known = expected, space.name == .picture else { return }
      expected = IndexIdentity(text: known.text, picture: space, chunker: known.chunker)
    }
  }

  /// Returns unused pages to the file system.
  ///
  /// Needs as much free disk space as the index takes, and waits until no other process reads.
  package func compact() throws(StoreError) {
    guard let writer else { throw .readOnly(path: path) }
    do {
      try writer.vacuum()
      try writer.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Throws if another process has rebuilt the index for another model since `identity` was read.
  private func requireUnchanged(_ database: Database, _ identity: IndexIdentity) throws {
    let current = try IndexState.fetch(database, path: path).identity
    try requireExpected(current)
    try current.requireCompatible(with: identity, path: path)
  }
}

/// The current time in nanoseconds since 1970.
package func currentNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
