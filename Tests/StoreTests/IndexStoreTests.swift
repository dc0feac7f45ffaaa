import Documents
import Foundation
import Testing

@testable import Store

@Suite struct IndexStoreTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("nested/index.db")
  }

  private func makeIndex() throws -> IndexStore {
    try IndexStore.openOrCreate(path: path, identity: smallIdentity)
  }

  @Test func aMissingIndexIsNamed() {
    #expect(throws: StoreError.notFound(path: path)) {
      try IndexStore.open(path: path, mode: .readOnly)
    }
  }

  @Test func aNewIndexIsEmptyAndPrivate() throws {
    let index = try makeIndex()
    #expect(try index.identity() == smallIdentity)
    #expect(try index.statistics().chunkCount == 0)
    #expect(try index.documents().isEmpty)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("nested")).allSatisfy {
        $0.hasPrefix("index.db") && !$0.contains("new")
      })
  }

  @Test func anIdentityThatDiffersIsRefused() throws {
    try makeIndex().close()
    let others = [
      IndexIdentity(modelHash: "bb", modelName: "tiny", dimension: 8, chunker: "test-1"),
      IndexIdentity(modelHash: "aa11", modelName: "tiny", dimension: 9, chunker: "test-1"),
      IndexIdentity(modelHash: "aa11", modelName: "tiny", dimension: 8, chunker: "test-2"),
    ]
    for other in others {
      let error = try #require(throws: StoreError.self) {
        try IndexStore.open(path: path, mode: .readWrite, expecting: other)
      }
      #expect(error.description.contains("swiftrag index rebuild"))
    }
    let renamed = IndexIdentity(
      modelHash: "aa11", modelName: "other name", dimension: 8, chunker: "test-1")
    _ = try IndexStore.open(path: path, mode: .readWrite, expecting: renamed)
  }

  @Test func aDocumentComesBackWhole() throws {
    let index = try makeIndex()
    let record = try store(["alpha beta", "gamma"], at: "/d/a.txt", in: index)
    let stored = try #require(try index.document(path: "/d/a.txt"))
    #expect(stored.record == record)
    #expect(stored.chunkCount == 2)
    let chunks = try index.chunks(ofDocument: stored.id)
    #expect(chunks == makeChunks(["alpha beta", "gamma"]))
    let state = try #require(try index.fileState(path: "/d/a.txt"))
    #expect(state.isUnchanged(byteCount: record.byteCount, modifiedNanoseconds: 1_000))
    #expect(!state.isUnchanged(byteCount: record.byteCount, modifiedNanoseconds: 1_001))
    #expect(!state.isUnchanged(byteCount: record.byteCount + 1, modifiedNanoseconds: 1_000))
    #expect(try index.fileState(path: "/d/b.txt") == nil)
  }

  @Test func aFileWrittenJustBeforeItWasIndexedIsHashedAgain() {
    let state = FileState(
      byteCount: 1, modifiedNanoseconds: 9_000_000_000, indexedNanoseconds: 10_000_000_000,
      sha256: "x", type: "text", skipReason: nil)
    #expect(!state.isUnchanged(byteCount: 1, modifiedNanoseconds: 9_000_000_000))
  }

  @Test func aReplacedDocumentLeavesNothingBehind() throws {
    let index = try makeIndex()
    try store(["old words", "more old"], at: "/d/a.txt", in: index)
    try store(["new words"], at: "/d/a.txt", in: index)
    let statistics = try index.statistics()
    #expect(statistics.documentCount == 1)
    #expect(statistics.contentCount == 1)
    #expect(statistics.chunkCount == 1)
    #expect(try index.search(SearchQuery(text: "old", mode: .keyword)).isEmpty)
    #expect(try index.search(SearchQuery(text: "new", mode: .keyword)).count == 1)
  }

  @Test func equalFilesShareTheirPassages() throws {
    let index = try makeIndex()
    try store(["same words"], at: "/d/b.txt", in: index)
    let copy = makeRecord("/d/a.txt", content: "same words")
    #expect(try index.link(copy))
    #expect(try !index.link(makeRecord("/d/c.txt", content: "other words")))
    #expect(try !index.link(makeRecord("/d/c.md", content: "same words", type: "markdown")))
    #expect(try index.statistics().contentCount == 1)
    let hits = try index.search(SearchQuery(text: "same", mode: .keyword))
    #expect(hits.map(\.citation.path) == ["/d/a.txt"])
    #expect(hits.map { $0.alsoAt.map(\.path) } == [["/d/b.txt"]])
    try index.removeDocuments(paths: ["/d/a.txt"])
    #expect(try index.statistics().chunkCount == 1)
    try index.removeDocuments(paths: ["/d/b.txt"])
    #expect(try index.statistics().chunkCount == 0)
    #expect(try index.statistics().contentCount == 0)
  }

  @Test func aRenamedDocumentKeepsItsPassages() throws {
    let index = try makeIndex()
    try store(["alpha"], at: "/d/a.txt", in: index)
    try store(["beta"], at: "/d/b.txt", in: index)
    #expect(try index.renameDocument(from: "/d/a.txt", to: "/d/b.txt"))
    #expect(try !index.renameDocument(from: "/d/a.txt", to: "/d/c.txt"))
    #expect(try index.documents().map(\.path) == ["/d/b.txt"])
    #expect(try index.search(SearchQuery(text: "alpha", mode: .keyword)).count == 1)
    #expect(try index.search(SearchQuery(text: "beta", mode: .keyword)).isEmpty)
  }

  @Test func vanishedFilesLeaveTheFolderThatWasAskedFor() throws {
    let index = try makeIndex()
    for name in ["/d/a", "/d/sub/b", "/d2/c", "/d"] { try store([name], at: name, in: index) }
    let removed = try index.removeVanished(under: "/d/") { $0 == "/d/a" }
    #expect(removed == ["/d", "/d/sub/b"])
    #expect(try index.documents().map(\.path) == ["/d/a", "/d2/c"])
  }

  @Test func aSkippedFileIsRememberedWithItsReason() throws {
    let index = try makeIndex()
    try store(["alpha"], at: "/d/a.pdf", in: index)
    var record = makeRecord("/d/a.pdf", content: "")
    record.sha256 = ""
    try index.recordSkipped(record, reason: "it is encrypted")
    #expect(try index.document(path: "/d/a.pdf")?.skipReason == "it is encrypted")
    #expect(try index.statistics().skippedCount == 1)
    #expect(try index.statistics().chunkCount == 0)
    try store(["alpha"], at: "/d/a.pdf", in: index)
    #expect(try index.document(path: "/d/a.pdf")?.isSkipped == false)
  }

  @Test func aRebuiltIndexIsEmptyAndHasTheNewIdentity() throws {
    let index = try makeIndex()
    try store(["alpha"], at: "/d/a", in: index)
    let other = IndexIdentity(modelHash: "cc", modelName: "big", dimension: 16, chunker: "test-1")
    try index.rebuild(identity: other)
    #expect(try index.identity() == other)
    #expect(try index.statistics().documentCount == 0)
    try store(["alpha"], at: "/d/a", in: index, dimension: 16)
    let query = SearchQuery(text: "alpha", vector: vector(for: "alpha", dimension: 16))
    #expect(try index.search(query).count == 1)
  }

  /// The dimension is the same, so only the identity distinguishes the vectors.
  @Test func anIndexThatAnotherProcessRebuiltRefusesTheOldVectors() throws {
    let index = try makeIndex()
    try store(["alpha"], at: "/d/a", in: index)
    let other = IndexIdentity(modelHash: "cc", modelName: "new", dimension: 8, chunker: "test-1")
    try IndexStore.open(path: path, mode: .readWrite).rebuild(identity: other)
    #expect(throws: StoreError.self) { try store(["beta"], at: "/d/b", in: index) }
    #expect(throws: StoreError.self) {
      try index.search(SearchQuery(text: "", vector: vector(for: "alpha"), mode: .dense))
    }
    #expect(try index.statistics().documentCount == 0)
    try index.rebuild(identity: smallIdentity)
    try store(["beta"], at: "/d/b", in: index)
    #expect(try index.search(SearchQuery(text: "", vector: vector(for: "beta"))).count == 1)
  }

  @Test func changesAreMadeTogetherOrNotAtAll() throws {
    let index = try makeIndex()
    let document = EmbeddedDocument(
      record: makeRecord("/d/a", content: "alpha"), chunks: makeChunks(["alpha"]),
      vectors: vector(for: "alpha"))
    let unknown = makeRecord("/d/unknown", content: "other")
    let refused = try index.apply([
      .replace(document), .link(makeRecord("/d/copy", content: "alpha")), .link(unknown),
      .skip(makeRecord("/d/bad", content: "bad"), reason: "unreadable"),
      .touch(path: "/d/a", modifiedNanoseconds: 5),
    ])
    #expect(refused == [unknown])
    #expect(try index.documents().map(\.path) == ["/d/a", "/d/bad", "/d/copy"])
    #expect(try index.fileState(path: "/d/a")?.modifiedNanoseconds == 5)
    var bad = document
    bad.vectors = []
    #expect(throws: StoreError.self) {
      try index.apply([.skip(makeRecord("/d/later", content: "x"), reason: "x"), .replace(bad)])
    }
    #expect(try index.fileState(path: "/d/later") == nil)
  }

  @Test func vectorsThatDoNotFitAreRefusedAndNothingIsStored() throws {
    let index = try makeIndex()
    let record = makeRecord("/d/a", content: "alpha")
    for vectors in [[Float](repeating: 0.1, count: 7), [Float](repeating: .nan, count: 8)] {
      #expect(throws: StoreError.self) {
        try index.replaceDocument(record, chunks: makeChunks(["alpha"]), vectors: vectors)
      }
    }
    #expect(try index.statistics().documentCount == 0)
  }

  @Test func aDocumentWithoutPassagesIsADocument() throws {
    let index = try makeIndex()
    try store([], at: "/d/empty", in: index)
    #expect(try index.document(path: "/d/empty")?.chunkCount == 0)
    #expect(try index.search(SearchQuery(text: "x", vector: vector(for: "x"))).isEmpty)
  }
}
