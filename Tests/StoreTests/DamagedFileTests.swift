import Foundation
import Testing

@testable import Store

/// A foreign or damaged file gives an error, is not changed, and never causes a trap.
@Suite struct DamagedFileTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("index.db")
  }

  /// The bytes of a closed index of 30 documents.
  private func makeBytes() throws -> [UInt8] {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    for number in 0..<30 {
      try store(["passage \(number) of words", "more"], at: "/\(number)", in: index)
    }
    try index.close()
    #expect(access(path + "-wal", F_OK) != 0)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func write(_ bytes: [UInt8]) throws {
    for suffix in ["-wal", "-shm", "-journal"] { unlink(path + suffix) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Calls every operation; a `StoreError` is expected, a trap or another error is a failure.
  private func exercise(_ mode: IndexStore.Mode) throws {
    do {
      let index = try IndexStore.open(path: path, mode: mode)
      for mode in SearchMode.allCases {
        do {
          _ = try index.search(
            SearchQuery(text: "passage words", vector: vector(for: "x"), mode: mode))
        } catch {}
      }
      do { _ = try index.statistics() } catch {}
      do { _ = try index.documents() } catch {}
      do {
        _ = try index.fileState(path: "/1")?.isUnchanged(byteCount: 24, modifiedNanoseconds: 1_000)
      } catch {}
      do { _ = try index.contentHash() } catch {}
      do { _ = try index.verify() } catch {}
      if mode == .readWrite {
        do { try store(["new"], at: "/1", in: index) } catch is StoreError {}
        do { try index.removeDocuments(paths: ["/2", "/3"]) } catch {}
      }
      do { try index.close() } catch {}
    } catch is StoreError {}
  }

  @Test func foreignFilesAreRefusedAndLeftAlone() throws {
    let foreign: [[UInt8]] = [
      [], [0], Array("hello".utf8), [UInt8](repeating: 0, count: 8_192),
      Array("SQLite format 3\0".utf8),
    ]
    for bytes in foreign {
      try write(bytes)
      for mode in [IndexStore.Mode.readOnly, .readWrite] {
        #expect(throws: StoreError.self) { try IndexStore.open(path: path, mode: mode) }
        #expect(throws: StoreError.self) {
          try IndexStore.openOrCreate(path: path, identity: smallIdentity)
        }
      }
      #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
    }
  }

  @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
    var bytes = try makeBytes()
    // The application id, at byte 68 of the header.
    bytes[71] ^= 1
    try write(bytes)
    for mode in [IndexStore.Mode.readOnly, .readWrite] {
      let error = try #require(throws: StoreError.self) {
        try IndexStore.open(path: path, mode: mode)
      }
      guard case .notAnIndex = error else {
        Issue.record("\(error)")
        continue
      }
    }
    #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
  }

  @Test func aLaterSchemaIsRefused() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try index.executeForTesting("PRAGMA user_version = 99")
    try index.close()
    #expect(throws: StoreError.newerSchema(path: path, version: 99, supported: 5)) {
      try IndexStore.open(path: path, mode: .readWrite)
    }
  }

  @Test func truncatedFilesAreErrors() throws {
    let bytes = try makeBytes()
    for length in stride(from: 0, to: bytes.count, by: 2_048 + 511) {
      try write(Array(bytes[..<length]))
      try exercise(.readWrite)
    }
  }

  @Test func flippedBytesAreErrorsOrHarmless() throws {
    let bytes = try makeBytes()
    var generator = SeededGenerator(seed: 11)
    for round in 0..<120 {
      var damaged = bytes
      for _ in 0..<(1 << (round % 8)) {
        damaged[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      try write(damaged)
      try exercise(round % 2 == 0 ? .readWrite : .readOnly)
    }
  }

  /// Wrong sizes and values that SQLite itself accepts.
  @Test(arguments: [
    "UPDATE quantizedVectors SET codes = x'01'", "UPDATE quantizedVectors SET scales = x'01'",
    "UPDATE vector SET elements = x''", "UPDATE chunk SET byteEnd = -5",
    "UPDATE chunk SET firstLine = 9, lastLine = 1", "DELETE FROM indexState",
    "PRAGMA foreign_keys = OFF; DELETE FROM vectorSpace",
    "UPDATE content SET firstChunkID = 9223372036854775800",
    "UPDATE content SET firstChunkID = -9223372036854775800, chunkCount = 9223372036854775807",
    "UPDATE quantizedVectors SET firstChunkID = 9223372036854775800",
    "UPDATE quantizedVectors SET firstChunkID = -9223372036854775800",
    "UPDATE chunk SET startMilliseconds = 9, endMilliseconds = 1",
    "PRAGMA ignore_check_constraints = ON; UPDATE chunk SET modality = 'smell'",
    "PRAGMA ignore_check_constraints = ON; UPDATE vectorSpace SET dimension = -4",
    "PRAGMA ignore_check_constraints = ON; UPDATE vectorSpace SET dimension = 9223372036854775807",
    "UPDATE sqlite_sequence SET seq = 9223372036854775807",
    "UPDATE sqlite_sequence SET seq = -9223372036854775808",
    "UPDATE indexState SET generation = 9223372036854775807",
    "UPDATE document SET indexedNanoseconds = -9223372036854775808",
    "DROP TABLE chunkText", "DROP TABLE vector", "DROP TABLE quantizedVectors",
    "DROP VIEW searchableChunk",
  ])
  func unexpectedContentIsAnError(sql: String) throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try store(["passage of words", "more"], at: "/1", in: index)
    try index.executeForTesting(sql)
    try index.close()
    try exercise(.readOnly)
    try exercise(.readWrite)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func aFolderWithoutWritePermissionCanBeSearched() throws {
    _ = try makeBytes()
    chmod(folder.path, 0o500)
    let index = try IndexStore.open(path: path, mode: .readOnly)
    #expect(try !index.search(SearchQuery(text: "passage", mode: .keyword)).isEmpty)
    #expect(throws: StoreError.self) { try IndexStore.open(path: path, mode: .readWrite) }
  }

  @Test func anIndexOpenForReadingRefusesToWrite() throws {
    _ = try makeBytes()
    let index = try IndexStore.open(path: path, mode: .readOnly)
    #expect(throws: StoreError.readOnly(path: path)) { try store(["x"], at: "/x", in: index) }
    #expect(throws: StoreError.readOnly(path: path)) { try index.rebuild(identity: smallIdentity) }
  }
}
