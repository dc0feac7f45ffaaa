import Foundation
import Kernels
import RAG
import SwiftRAG
import Store
import Testing

/// The library as a program uses it: the bundled encoder over a temporary folder.
@Suite struct KnowledgeBaseTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "knowledge-\(UUID().uuidString)")

  private static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The defaults, with quotations, whatever models and settings this machine has.
  private var runtime: Runtime {
    var settings = Settings()
    settings.backend = .quote
    settings.modelsFolder = Self.packageRoot.appending(path: "models").path
    settings.indexPath = folder.appending(path: "index.sqlite").path
    return Runtime(configuration: Configuration(settings: settings))
  }

  private var documents: String { folder.appending(path: "docs").path }

  private func write(_ text: String, _ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: documents, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: documents + "/" + name))
  }

  private func writeDocuments() throws {
    try write("The ferry to Skellig leaves at 07:40 every morning from pier three.", "ferry.txt")
    try write("# Mill\n\nThe old mill was sold to Greta Holm in 1931 for 900 crowns.", "mill.md")
  }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  @Test func documentsAreAddedFoundAndAnswer() throws {
    defer { cleanUp() }
    try writeDocuments()
    let knowledge = try KnowledgeBase(runtime: runtime)
    var skipped = 0
    let report = try knowledge.add(paths: [documents]) {
      if case .skipped = $0 { skipped += 1 }
    }
    #expect(report.addedCount == 2 && skipped == 0)
    #expect(try knowledge.add(paths: [documents]).changedNothing)

    let passages = try knowledge.search("Who bought the mill?", limit: 1)
    #expect(passages.map { URL(filePath: $0.citation.path).lastPathComponent } == ["mill.md"])
    let filtered = try knowledge.search(
      "mill", mode: .keyword, filter: SearchFilter(types: ["text"]))
    #expect(filtered.isEmpty)

    #expect(!knowledge.writesProse)
    var streamed = ""
    let answer = try knowledge.ask("When does the ferry to Skellig leave?") { streamed += $0 }
    #expect(answer.isAnswered && answer.backend == "quote")
    #expect(
      answer.text.contains("07:40") && answer.text.hasSuffix("[1]") && streamed == answer.text)
    let citation = try #require(answer.passages.first?.citation)
    #expect(citation.path.hasSuffix("docs/ferry.txt") && citation.place == "line 1")

    let refused = try knowledge.ask("Which programming language has the fastest compiler?")
    #expect(!refused.isAnswered && refused.text.isEmpty && !refused.passages.isEmpty)
  }

  /// The index has canonical paths; a caller may use any path that leads to them.
  @Test func pathsMayLeadThroughLinks() throws {
    defer { cleanUp() }
    try writeDocuments()
    let link = folder.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: documents)
    let runtime = runtime
    let knowledge = try KnowledgeBase(runtime: runtime)
    _ = try knowledge.add(paths: [documents])
    let found = try knowledge.search("mill", filter: SearchFilter(paths: [link + "/mill.md"]))
    #expect(found.count == 1 && found.first?.citation.path.hasSuffix("docs/mill.md") == true)
    let catalog = try IndexCatalog(path: runtime.indexPath, mayWrite: true)
    #expect(try catalog.documents(below: link).count == 2)
    #expect(try catalog.remove(below: [link + "/mill.md"]).count == 1)
    #expect(try catalog.documents().count == 1)
  }

  @Test func aFollowUpRefersToTheConversation() throws {
    defer { cleanUp() }
    try writeDocuments()
    let knowledge = try KnowledgeBase(runtime: runtime)
    _ = try knowledge.add(paths: [documents])
    var conversation = Conversation()
    conversation.append(try knowledge.ask("When was the old mill sold to Greta Holm?"))
    #expect(conversation.turns.count == 1)
    let answer = try knowledge.ask("To whom?", conversation: conversation)
    #expect(answer.isAnswered && answer.text.contains("Greta Holm"))
  }

  @Test func rebuildingReadsTheDocumentsAgain() throws {
    defer { cleanUp() }
    try writeDocuments()
    let runtime = runtime
    _ = try KnowledgeBase(runtime: runtime).add(paths: [documents])
    let before = try IndexCatalog(path: runtime.indexPath).information()
    try write("The mill burned down in 1950.", "mill.md")
    try FileManager.default.removeItem(atPath: documents + "/ferry.txt")
    let report = try KnowledgeBase.rebuild(runtime: runtime)
    #expect(report.addedCount == 1)
    let catalog = try IndexCatalog(path: runtime.indexPath)
    #expect(try catalog.verify().isWhole)
    let after = try catalog.information()
    #expect(after.documents == 1 && after.contentHash != before.contentHash)
    #expect(after.modelHash == before.modelHash && after.dimension == 384)
    let answer = try KnowledgeBase(runtime: runtime).ask("When did the mill burn down?")
    #expect(answer.text.contains("1950"))
  }

  /// After an interruption the remaining documents are listed as waiting, and the next run reads only
  /// those.
  @Test func anInterruptedRebuildContinues() throws {
    defer { cleanUp() }
    try writeDocuments()
    let runtime = runtime
    _ = try KnowledgeBase(runtime: runtime).add(paths: [documents])
    let cost = try KnowledgeBase.rebuildCost(runtime: runtime)
    #expect(cost.documentCount == 2 && cost.chunkCount == 2 && !cost.isContinuation)
    #expect(cost.estimatedSeconds ?? 0 > 0)
    #expect(try KnowledgeBase.rebuild(runtime: runtime, shouldStop: { true }).wasInterrupted)
    let left = try IndexCatalog(path: runtime.indexPath).documents()
    #expect(left.count == 2 && left.allSatisfy { $0.skipReason?.contains("waiting") == true })
    // One of them is added by hand; the rebuild continues with the other.
    _ = try KnowledgeBase(runtime: runtime).add(paths: [documents + "/mill.md"])
    let rest = try KnowledgeBase.rebuildCost(runtime: runtime)
    #expect(rest.documentCount == 1 && rest.isContinuation)
    let report = try KnowledgeBase.rebuild(runtime: runtime)
    #expect(report.addedCount == 1 && !report.wasInterrupted)
    let catalog = try IndexCatalog(path: runtime.indexPath)
    #expect(try catalog.documents().allSatisfy { $0.skipReason == nil })
    #expect(try catalog.verify().isWhole)
    // Nothing is left, so the next one begins anew.
    #expect(try !KnowledgeBase.rebuildCost(runtime: runtime).isContinuation)
  }

  @Test func anIndexThatMustExistIsNotCreated() throws {
    defer { cleanUp() }
    #expect(throws: (any Error).self) { try KnowledgeBase(runtime: runtime, mayCreate: false) }
    #expect(!FileManager.default.fileExists(atPath: runtime.indexPath))
  }

  @Test func anUnknownEncoderIsNamed() throws {
    var settings = runtime.settings
    settings.embeddingModel = "no-such-model"
    let error = try #require(throws: ModelLocator.Failure.self) {
      try KnowledgeBase(configuration: Configuration(settings: settings))
    }
    #expect(error.description.contains("no-such-model"))
    #expect(error.description.contains("all-MiniLM-L6-v2"))
  }

  /// Two threads share one knowledge base while a third adds to it: every answer is the one that a
  /// single thread gets.
  @Test func severalThreadsMayAskAtOnce() throws {
    defer { cleanUp() }
    try writeDocuments()
    let knowledge = try KnowledgeBase(runtime: runtime)
    _ = try knowledge.add(paths: [documents])
    let questions = [
      "When does the ferry to Skellig leave?", "Who bought the old mill?",
    ]
    let expected = try questions.map { try knowledge.ask($0).text }
    try write("Bees make honey in summer.", "bees.txt")
    let results = Results()
    DispatchQueue.concurrentPerform(iterations: 9) { index in
      do {
        if index == 4 {
          _ = try knowledge.add(paths: [documents])
        } else {
          let answer = try knowledge.ask(questions[index % 2])
          results.add(answer.text == expected[index % 2] ? nil : "\(index): \(answer.text)")
        }
      } catch {
        results.add("\(index): \(error)")
      }
    }
    #expect(results.problems == [])
    #expect(try knowledge.search("honey", limit: 1).first?.text == "Bees make honey in summer.")
  }

  /// Collects problems from several threads.
  private final class Results: @unchecked Sendable {
    // `@unchecked` because the lock is not known to the compiler: `list` is accessed only while it
    // is held.
    private let lock = NSLock()
    private var list: [String] = []

    func add(_ problem: String?) {
      guard let problem else { return }
      lock.withLock { list.append(problem) }
    }

    var problems: [String] { lock.withLock { list } }
  }

  /// Models and searches of a runtime share its pool of threads and its encoder.
  @Test func aRuntimeOpensEverythingOnce() throws {
    defer { cleanUp() }
    let runtime = runtime
    let encoder = try runtime.sentenceEncoder()
    #expect(encoder.workers === runtime.compute.pool)
    #expect(try runtime.sentenceEncoder() === encoder)
    let pool = runtime.compute.pool
    #expect(runtime.compute.pool === pool)
  }
}
