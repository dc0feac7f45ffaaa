internal import Bytes
internal import Documents
internal import Foundation
internal import GRDB

// A hash of everything that an index holds.

extension IndexStore {
  /// SHA-256 over identity, documents, chunks and vectors, lower-case hexadecimal.
  ///
  /// Two indexes have the same hash if they hold the same documents with the same chunks and
  /// vectors, bit for bit, in whatever order and with however many interruptions they were made.
  /// Times, ids, counters and the schema's number do not enter, so a migration keeps the hash.
  ///
  /// - Complexity: reads the file once; about 1 s for 100,000 chunks.
  package func contentHash() throws(StoreError) -> String {
    try read { database in
      let identity = try IndexState.fetch(database, path: path).identity
      let contents = try contentDigests(database)
      let total = try DigestBuilder()
      try total.add(identity.text.modelHash)
      try total.add(identity.text.dimension)
      try total.add(identity.chunker)
      if let picture = identity.picture {
        try total.addMark(picture.name)
        try total.add(picture.modelHash)
        try total.add(picture.dimension)
      }
      let documents = try Row.fetchCursor(
        database,
        sql: """
          SELECT path, type, sha256, byteCount, skipReason, contentID FROM document ORDER BY path
          """)
      while let row = try documents.next() {
        try total.add(row.decode(String.self, atIndex: 0))
        try total.add(row.decode(String.self, atIndex: 1))
        try total.add(row.decode(String.self, atIndex: 2))
        try total.add(row.decode(Int.self, atIndex: 3))
        try total.add(row.decode(String?.self, atIndex: 4))
        let content: Int64? = try row.decode(atIndex: 5)
        try total.add(content.flatMap { contents[$0] })
      }
      return try total.finish()
    }
  }

  /// A hash of each content's title, chunks and vectors, by the id of the content.
  private func contentDigests(_ database: Database) throws -> [Int64: String] {
    var digests: [Int64: String] = [:]
    let contents = try Row.fetchCursor(
      database,
      sql: """
        SELECT content.id, title, \(RecordingTable.columns) FROM content
        LEFT JOIN recording ON recording.contentID = content.id
        """)
    let chunks = try database.makeStatement(
      sql: """
        SELECT \(ChunkTable.columns), ordinal, vector.elements FROM \(ChunkTable.source)
        LEFT JOIN vector ON vector.chunkID = chunk.id AND spaceID = \(VectorSpace.Name.text.id)
        WHERE contentID = ? ORDER BY ordinal
        """)
    let otherVectors = try database.makeStatement(
      sql: """
        SELECT spaceID, ordinal, elements FROM chunk JOIN vector ON chunkID = chunk.id
        WHERE contentID = ? AND spaceID <> \(VectorSpace.Name.text.id) ORDER BY spaceID, ordinal
        """)
    while let content = try contents.next() {
      let id: Int64 = try content.decode(atIndex: 0)
      let digest = try DigestBuilder()
      try digest.add(content.decode(String?.self, atIndex: 1))
      if let recording = try RecordingTable.decode(content, from: 2) {
        try digest.addMark(Modality.sound)
        try digest.add(recording.language)
        try digest.add(recording.milliseconds)
        try digest.add(recording.model)
      }
      let rows = try Row.fetchCursor(chunks, arguments: [id])
      while let row = try rows.next() {
        try digest.add(row.decode(Int.self, atIndex: ChunkTable.columnCount))
        try digest.add(ChunkTable.decode(row, path: path))
        try digest.add(row.decode(Data?.self, atIndex: ChunkTable.columnCount + 1))
      }
      let others = try Row.fetchCursor(otherVectors, arguments: [id])
      while let row = try others.next() {
        try digest.add(row.decode(Int.self, atIndex: 0))
        try digest.add(row.decode(Int.self, atIndex: 1))
        try digest.add(row.decode(Data?.self, atIndex: 2))
      }
      digests[id] = try digest.finish()
    }
    return digests
  }
}

/// Feeds values to SHA-256 so that different lists of values give different bytes.
///
/// An integer is 8 bytes; every other value is preceded by its length, and an absent value is the
/// length -1. A mark, -2 and a name, precedes what only some indexes have.
private final class DigestBuilder {
  private let hasher: SHA256Hasher

  init() throws(BytesError) { hasher = try SHA256Hasher() }

  func add(_ value: Int) throws(BytesError) {
    try withUnsafeBytes(of: Int64(value).littleEndian) { bytes throws(BytesError) in
      try hasher.update(bytes)
    }
  }

  func add(_ value: String?) throws(BytesError) {
    guard let value else { return try add(-1) }
    try add(value.utf8.count)
    try hasher.update(Array(value.utf8))
  }

  func add(_ value: Data?) throws(BytesError) {
    guard let value else { return try add(-1) }
    try add(value.count)
    try hasher.update(Array(value))
  }

  func addMark(_ name: some RawRepresentable<String>) throws(BytesError) {
    try add(-2)
    try add(name.rawValue)
  }

  func add(_ chunk: Chunk) throws(BytesError) {
    try add(chunk.text)
    try add(chunk.heading)
    for number in [
      chunk.byteRange.lowerBound, chunk.byteRange.upperBound,
      chunk.sourceByteRange?.lowerBound ?? -1, chunk.sourceByteRange?.upperBound ?? -1,
      chunk.page ?? -1, chunk.lineRange.lowerBound, chunk.lineRange.upperBound,
      chunk.tokenCount,
    ] { try add(number) }
    if chunk.modality != .text || chunk.millisecondRange != nil {
      try addMark(chunk.modality)
      try add(chunk.millisecondRange?.lowerBound ?? -1)
      try add(chunk.millisecondRange?.upperBound ?? -1)
    }
    if let place = chunk.place {
      // A number that no length of a text is, so that other chunks keep their hash.
      try add(-3)
      try add(place)
    }
    if let picture = chunk.picture { try add(picture) }
  }

  private func add(_ picture: PictureDetails) throws(BytesError) {
    try addMark(picture.origin)
    let region = picture.region
    for number in [
      picture.width, picture.height, region?.x ?? -1, region?.y ?? -1, region?.width ?? -1,
      region?.height ?? -1, picture.wasRead ? 1 : 0,
    ] { try add(number) }
    try add(picture.capturedAt)
    // Equal numbers have equal descriptions.
    try add(picture.latitude.map { "\($0)" })
    try add(picture.longitude.map { "\($0)" })
    try add(picture.sha256)
  }

  func finish() throws(BytesError) -> String { try hasher.finalize().hex }
}
