import Foundation
import Documents
import RAG
import Store
import Testing

/// Files in, an index out: what is new, changed, moved, copied, gone or unreadable.
@Suite struct IngestorTests {
  private let folder: URL
  private let encoder = HashingEncoder()

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ingest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "docs"), withIntermediateDirectories: true)
  }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: "docs/" + name))
  }

  private func store(_ name: String = "index.sqlite") throws -> IndexStore {
    try IndexStore.openOrCreate(
      path: folder.appending(path: name).path, identity: Ingestor.identity(for: encoder))
  }

  private func add(to store: IndexStore) throws -> IngestReport {
    try Ingestor(store: store, encoder: encoder).add(paths: [folder.appending(path: "docs").path])
  }

  @Test func newChangedMovedCopiedAndRemovedFilesAreCounted() throws {
    defer { cleanUp() }
    let store = try store()
    try write("The first file is about apples.", "a.txt")
    try write("The second file is about pears.", "b.txt")
    let first = try add(to: store)
    #expect(first.addedCount == 2 && first.embeddedChunkCount == 2)

    let again = try add(to: store)
    #expect(again.unchangedCount == 2 && again.changedNothing && again.embeddedChunkCount == 0)

    try write("The second file is about plums now.", "b.txt")
    let changed = try add(to: store)
    #expect(changed.updatedCount == 1 && changed.unchangedCount == 1)
    #expect(changed.embeddedChunkCount == 1)

    let docs = folder.appending(path: "docs")
    try FileManager.default.moveItem(
      at: docs.appending(path: "a.txt"), to: docs.appending(path: "c.txt"))
    let moved = try add(to: store)
    #expect(moved.renamedCount == 1 && moved.removedCount == 0 && moved.embeddedChunkCount == 0)

    try FileManager.default.copyItem(
      at: docs.appending(path: "c.txt"), to: docs.appending(path: "d.txt"))
    let copied = try add(to: store)
    #expect(copied.addedCount == 1 && copied.embeddedChunkCount == 0)

    try FileManager.default.removeItem(at: docs.appending(path: "b.txt"))
    let removed = try add(to: store)
    #expect(removed.removedCount == 1)
    let paths = try store.documents().map { URL(filePath: $0.path).lastPathComponent }
    #expect(paths == ["c.txt", "d.txt"])
    #expect(try store.verify().isWhole)
  }

  @Test func anInterruptedRunConvergesToTheUndisturbedOne() throws {
    defer { cleanUp() }
    for index in 0..<60 {
      // Enough words that the documents fill several batches.
      let words = (0..<40).map { "word\(index * 7 + $0)" }.joined(separator: " ")
      try write("Document \(index) says \(words).", "file\(index).txt")
    }
    let calm = try store("calm.sqlite")
    _ = try add(to: calm)
    let disturbed = try store("disturbed.sqlite")
    var calls = 0
    let partial = try Ingestor(store: disturbed, encoder: encoder).add(
      paths: [folder.appending(path: "docs").path],
      shouldStop: {
        calls += 1
        return calls > 20
      })
    #expect(partial.wasInterrupted)
    let count = try disturbed.statistics().documentCount
    #expect(count < 60)
    #expect(try disturbed.contentHash() != calm.contentHash())
    _ = try add(to: disturbed)
    #expect(try disturbed.contentHash() == calm.contentHash())
  }

  @Test func everyChunkFitsTheEncoder() throws {
    defer { cleanUp() }
    try write(
      (0..<500).map { "Sentence number \($0) has some words." }.joined(separator: " "), "long.txt")
    let store = try store()
    let report = try add(to: store)
    #expect(report.embeddedChunkCount > 50)
    let document = try #require(try store.documents().first)
    for chunk in try store.chunks(ofDocument: document.id) {
      #expect(chunk.tokenCount <= encoder.maximumTokenCount)
      #expect(encoder.tokenCount(of: chunk.text) == chunk.tokenCount)
    }
  }

  @Test func anUnreadableFileIsReportedAndTriedAgain() throws {
    defer { cleanUp() }
    try write("good text about trains", "good.txt")
    try Data([0, 1, 2, 3, 0, 0, 0xFF]).write(to: folder.appending(path: "docs/bad.txt"))
    let store = try store()
    for _ in 0..<2 {
      let report = try add(to: store)
      #expect(report.skipped.count == 1)
      #expect(report.skipped.first?.path.hasSuffix("docs/bad.txt") == true)
    }
    #expect(try store.statistics().documentCount == 1)
    try write("readable now, about ships", "bad.txt")
    #expect(try add(to: store).addedCount == 1)
  }

  @Test func anEncoderThatFailsLeavesTheIndexWhole() throws {
    struct Failing: SentenceEncoder {
      struct Failure: Error {}
      let base = HashingEncoder()
      var dimension: Int { base.dimension }
      var maximumTokenCount: Int { base.maximumTokenCount }
      var modelHash: String { base.modelHash }
      var modelName: String { base.modelName }
      func tokenIDs(of text: String) -> [Int32] { base.tokenIDs(of: text) }
      func vectors(ofTokens sequences: [[Int32]]) throws -> [Float] { throw Failure() }
    }
    defer { cleanUp() }
    try write("some text", "a.txt")
    let store = try store()
    #expect(throws: Failing.Failure.self) {
      try Ingestor(store: store, encoder: Failing())
        .add(paths: [folder.appending(path: "docs").path])
    }
    #expect(try store.verify().isWhole)
    #expect(try store.statistics().documentCount == 0)
  }
}
