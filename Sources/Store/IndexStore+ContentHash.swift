internal import Bytes
internal import Documents
internal import Foundation
internal import GRDB

// One number for all that an index holds.

extension IndexStore {
  /// SHA-256 over identity, documents, passages and vectors, lower-case hexadecimal.
  ///
  /// Two indexes have the same hash when they hold the same documents with the same passages and
  /// vectors, bit for bit, in whatever order and with however many interruptions they were made.
  /// Times, ids and counters do not enter.
  ///
  /// - Complexity: reads the file once; about 1 s for 100,000 passages.
  package func contentHash() throws(StoreError) -> String {
    try read { database in
      let contents = try contentDigests(database)
      let total = try DigestBuilder()
      let identity = try IndexState.fetch(database, path: path).identity
      try total.add(identity.modelHash)
      try total.add(identity.dimension)
      try total.add(identity.chunker)
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

  /// A hash of each content's title, passages and vectors, by its id.
  private func contentDigests(_ database: Database) throws -> [Int64: String] {
    var digests: [Int64: String] = [:]
    let contents = try Row.fetchCursor(database, sql: "SELECT id, title FROM content")
    let statement = try database.makeStatement(
      sql: """
        SELECT \(ChunkTable.columns), ordinal, vector.elements FROM chunk
        JOIN vector ON chunkID = chunk.id WHERE contentID = ? ORDER BY ordinal
        """)
    while let content = try contents.next() {
      let id: Int64 = try content.decode(atIndex: 0)
      let digest = try DigestBuilder()
      try digest.add(content.decode(String?.self, atIndex: 1))
      let chunks = try Row.fetchCursor(statement, arguments: [id])
      while let row = try chunks.next() {
        try digest.add(row.decode(Int.self, atIndex: ChunkTable.columnCount))
        try digest.add(ChunkTable.decode(row, path: path))
        try digest.add(row.decode(Data.self, atIndex: ChunkTable.columnCount + 1))
      }
      digests[id] = try digest.finish()
    }
    return digests
  }
}

/// Feeds values to SHA-256 so that no two lists of values give the same bytes.
///
/// Integers are 8 bytes, everything else has its length before it, and what is absent the length
/// -1.
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

  func add(_ value: Data) throws(BytesError) {
    try add(value.count)
    try hasher.update(Array(value))
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
  }

  func finish() throws(BytesError) -> String { try hasher.finalize().hex }
}
