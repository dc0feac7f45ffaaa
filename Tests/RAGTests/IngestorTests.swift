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

  /// Two files whose names are canonically equivalent are two documents, run after run.
  @Test func namesAreBytes() throws {
    defer { cleanUp() }
    try write("The deposit is 300 euros.", "\u{DC}bersicht.txt")
    try write("The heating costs 90 euros.", "U\u{308}bersicht.txt")
    let store = try store()
    #expect(try add(to: store).addedCount == 2)
    let again = try add(to: store)
    #expect(again.unchangedCount == 2 && again.changedNothing)
    try FileManager.default.removeItem(at: folder.appending(path: "docs/U\u{308}bersicht.txt"))
    #expect(try add(to: store).removedCount == 1)
    let path = try #require(try store.documents().first?.path)
    #expect(path.utf8.suffix(14).elementsEqual("\u{DC}bersicht.txt".utf8))
  }

  /// Makes a file older than the clock tick, so that size and time prove that it has not changed.
  private func age(_ name: String) throws {
    let path = folder.appending(path: "docs/" + name).path
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -3_600)], ofItemAtPath: path)
  }

  /// A file that cannot be indexed is reported at every run, and read again when it has changed.
  @Test func aRefusedFileIsNotReadAgain() throws {
    defer { cleanUp() }
    try Data([0, 1, 2, 3, 0, 0, 0xFF]).write(to: folder.appending(path: "docs/bad.txt"))
    try age("bad.txt")
    let store = try store()
    let reason = try #require(try add(to: store).skipped.first?.reason)
    var changedCounts: [Int] = []
    let report = try Ingestor(store: store, encoder: encoder).add(
      paths: [folder.appending(path: "docs").path],
      report: { if case .planned(_, let count) = $0 { changedCounts.append(count) } })
    #expect(report.skipped.map(\.reason) == [reason])
    #expect(changedCounts == [0])
    try write("readable now, about ships", "bad.txt")
    #expect(try add(to: store).addedCount == 1)
  }

  /// The same size and time with other bytes is seen only where bytes are compared.
  @Test func contentIsCheckedOnRequest() throws {
    defer { cleanUp() }
    try write("The lamp is number 9.", "a.txt")
    try age("a.txt")
    let store = try store()
    _ = try add(to: store)
    let path = folder.appending(path: "docs/a.txt").path
    let date = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
    try write("The lamp is number 7.", "a.txt")
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    #expect(try add(to: store).unchangedCount == 1)
    let ingestor = Ingestor(store: store, encoder: encoder)
    let paths = [folder.appending(path: "docs").path]
    #expect(try ingestor.add(paths: paths, checksContent: true).updatedCount == 1)
    #expect(try ingestor.add(paths: paths, checksContent: true).unchangedCount == 1)
  }

  @Test func otherTypesAreCounted() throws {
    defer { cleanUp() }
    try write("words", "a.txt")
    try write("x", "b.xyz")
    try write("x", "noending")
    #expect(try add(to: store()).passedOver == ["xyz": 1, "": 1])
  }

  /// Passages stay where a folder or a file cannot be read for a moment.
  @Test(.enabled(if: geteuid() != 0, "root may read every file"))
  func unreadableFilesKeepTheirPassages() throws {
    defer { cleanUp() }
    let docs = folder.appending(path: "docs").path
    try FileManager.default.createDirectory(
      atPath: docs + "/b", withIntermediateDirectories: true)
    try write("The south lamp is red.", "b/two.txt")
    try write("The north lamp is green.", "one.txt")
    let store = try store()
    _ = try add(to: store)
    chmod(docs + "/b", 0)
    let away = try add(to: store)
    chmod(docs + "/b", 0o700)
    #expect(away.removedCount == 0 && away.skipped.count == 1)
    // A changed file without permission.
    try write("The north lamp is blue.", "one.txt")
    chmod(docs + "/one.txt", 0)
    let locked = try add(to: store)
    chmod(docs + "/one.txt", 0o600)
    #expect(locked.skipped.map(\.path) == [docs + "/one.txt"])
    #expect(try store.statistics().documentCount == 2)
    #expect(try add(to: store).updatedCount == 1)
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
