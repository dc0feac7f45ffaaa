import Foundation
import Testing

@testable import Store

/// An index that an earlier release wrote opens, is migrated in one transaction and gives the same
/// answers.
@Suite struct MigrationTests {
  /// The answers of the earlier release; `Tests/Fixtures/store/make_schema1.py` recorded it.
  struct Recording: Decodable {
    struct Search: Decodable {
      struct Filter: Decodable {
        var type: String?
        var path: String?
      }
      var query: String
      var mode: SearchMode
      var filter: Filter
      var passages: [Passage]
    }
    struct Document: Decodable, Equatable {
      var path: String
      var type: String
      var title: String?
      var byteCount: Int
      var chunkCount: Int
      var sha256: String
      var skipReason: String?
    }
    var contentHash: String
    var documents: [Document]
    var vectors: [String: [Float]]
    var searches: [Search]
  }

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/store")

  let folder: TemporaryFolder
  let path: String
  let recording: Recording

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("index.db")
    try FileManager.default.copyItem(
      atPath: Self.fixtures.appending(path: "schema1.sqlite").path, toPath: path)
    recording = try JSONDecoder().decode(
      Recording.self, from: Data(contentsOf: Self.fixtures.appending(path: "schema1.json")))
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// `PRAGMA user_version`, byte 60 of the header, big-endian.
  private func schema(_ path: String) throws -> Int { Int(try bytes(path)[63]) }

  private func expectSameAnswers(_ index: IndexStore) throws {
    #expect(try index.contentHash() == recording.contentHash)
    let documents = try index.documents().map {
      Recording.Document(
        path: $0.path, type: $0.record.type, title: $0.record.title, byteCount: $0.record.byteCount,
        chunkCount: $0.chunkCount, sha256: $0.record.sha256, skipReason: $0.skipReason)
    }
    #expect(documents == recording.documents)
    #expect(recording.searches.count == 36)
    for search in recording.searches {
      let found = try index.search(
        SearchQuery(
          text: search.query, vector: try #require(recording.vectors[search.query]),
          mode: search.mode, limit: 3,
          filter: SearchFilter(
            paths: [search.filter.path].compactMap { $0 },
            types: [search.filter.type].compactMap { $0 })))
      #expect(found.map(\.citation) == search.passages.map(\.citation))
      #expect(found.map(\.alsoAt) == search.passages.map(\.alsoAt))
      #expect(found.map(\.score) == search.passages.map(\.score))
      #expect(found.map(\.cosine) == search.passages.map(\.cosine))
      #expect(found.map(\.denseRank) == search.passages.map(\.denseRank))
      #expect(found.map(\.keywordRank) == search.passages.map(\.keywordRank))
      for (passage, expected) in zip(found, search.passages) {
        #expect(passage.text.hasPrefix(expected.text))
      }
    }
  }

  @Test(arguments: [IndexStore.Mode.readOnly, .readWrite])
  func anIndexOfSchema1GivesTheSameAnswers(mode: IndexStore.Mode) throws {
    #expect(try schema(path) == 1)
    let index = try IndexStore.open(path: path, mode: mode)
    try expectSameAnswers(index)
    #expect(try index.verify().problems == [])
    #expect(try index.rowsForTesting("PRAGMA user_version") == ["5"])
  }

  @Test func anIndexOfSchema2GivesTheSameAnswers() throws {
    let path = folder.file("schema2.db")
    try FileManager.default.copyItem(
      atPath: Self.fixtures.appending(path: "schema2.sqlite").path, toPath: path)
    #expect(try schema(path) == 2)
    let index = try IndexStore.open(path: path, mode: .readWrite)
    try expectSameAnswers(index)
    #expect(try index.verify().problems == [])
    #expect(try index.rowsForTesting("PRAGMA user_version") == ["5"])
  }

  @Test func aMigratedIndexTakesNewDocuments() throws {
    let index = try IndexStore.open(path: path, mode: .readWrite)
    try store(["The wombat digs"], at: "/new", in: index, dimension: 384)
    try index.removeDocuments(paths: ["/library/workshop-lease.docx"])
    let query = SearchQuery(text: "wombat", vector: vector(for: "The wombat digs", dimension: 384))
    #expect(try index.search(query).first?.citation.path == "/new")
    #expect(try index.verify().problems == [])
  }

  @Test func aMigratedIndexHasTheTablesOfANewOne() throws {
    let columns = """
      SELECT m.type || ' ' || m.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull"
        || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
      FROM sqlite_master AS m, pragma_table_info(m.name) AS c ORDER BY m.name, c.cid
      """
    let indexes = """
      SELECT m.name || ' ' || l."unique" || ' ' || i.name
      FROM sqlite_master AS m, pragma_index_list(m.name) AS l, pragma_index_info(l.name) AS i
      ORDER BY m.name, l.name, i.seqno
      """
    let references = """
      SELECT m.name || ' ' || f."from" || ' ' || f."table" || ' ' || f."to"
      FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f ORDER BY m.name, f."from"
      """
    let migrated = try IndexStore.open(path: path, mode: .readWrite)
    let new = try IndexStore.create(path: folder.file("new.db"), identity: smallIdentity)
    for sql in [columns, indexes, references] {
      let rows = try new.rowsForTesting(sql)
      #expect(rows.count > 5)
      #expect(try migrated.rowsForTesting(sql) == rows)
    }
  }

  struct Interruption: Error {}

  /// A copy of file and log at the last moment before the commit is what a killed process leaves.
  @Test func aMigrationThatIsKilledLeavesTheOldIndex() throws {
    let killed = folder.file("killed.db")
    #expect(throws: StoreError.self) {
      // A page cache of one page writes the transaction's pages to the log before the commit.
      _ = try IndexFile.openWritable(path: path, cacheKibibytes: 8) {
        for suffix in ["", "-wal"] {
          try FileManager.default.copyItem(atPath: path + suffix, toPath: killed + suffix)
        }
        throw Interruption()
      }
    }
    #expect(try bytes(killed + "-wal").count > 100_000)
    for left in [path, killed] {
      #expect(try schema(left) == 1)
      let index = try IndexStore.open(path: left, mode: .readWrite)
      try expectSameAnswers(index)
      #expect(try index.verify().problems == [])
    }
  }

  @Test func anIndexThatCannotBeWrittenNamesTheCommand() throws {
    let before = try bytes(path)
    let error = try #require(throws: StoreError.self) {
      _ = try IndexFile.openReadable(path: path, mayWrite: { _ in false })
    }
    #expect(error == .olderSchema(path: path, version: 1, supported: 5))
    #expect(error.description.contains("swiftrag index info --index \(path)"))
    #expect(try bytes(path) == before)
  }

  @Test func severalOpenAtOnce() async throws {
    let path = self.path
    try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<6 {
        group.addTask {
          try IndexStore.open(path: path, mode: number % 2 == 0 ? .readOnly : .readWrite)
            .contentHash()
        }
      }
      for try await hash in group { #expect(hash == recording.contentHash) }
    }
  }

  @Test func aDamagedOldIndexIsAnErrorOrHarmless() throws {
    let whole = try bytes(path)
    var generator = SeededGenerator(seed: 3)
    var failureCount = 0
    for round in 0..<60 {
      var damaged = whole
      if round % 3 == 0 {
        damaged.removeLast(Int.random(in: 1..<whole.count, using: &generator))
      } else {
        for _ in 0..<(1 << (round % 10)) {
          damaged[Int.random(in: 0..<whole.count, using: &generator)] =
            UInt8.random(in: 0...255, using: &generator)
        }
      }
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      do {
        let index = try IndexStore.open(path: path, mode: .readWrite)
        _ = try index.verify()
        try index.close()
      } catch {
        failureCount += 1
      }
    }
    #expect(failureCount > 5)
  }
}
