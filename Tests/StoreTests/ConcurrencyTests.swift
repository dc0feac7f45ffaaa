import Documents
import Foundation
import Synchronization
import Testing

@testable import Store

/// Several connections to one file, as from several processes.
@Suite struct ConcurrencyTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("index.db")
  }

  /// Runs each body on a thread of its own and returns the errors.
  private func run(_ bodies: [@Sendable () throws -> Void]) -> [String] {
    let errors = Mutex<[String]>([])
    let group = DispatchGroup()
    for body in bodies {
      group.enter()
      Thread {
        do { try body() } catch { errors.withLock { $0.append("\(error)") } }
        group.leave()
      }.start()
    }
    group.wait()
    return errors.withLock { $0 }
  }

  @Test func twoWritersAndTwoReadersDoNotDisturbEachOther() throws {
    let path = path
    try IndexStore.create(path: path, identity: smallIdentity).close()
    let documentCount = 60
    let writers = (0..<2).map { writer -> @Sendable () throws -> Void in
      {
        let index = try IndexStore.open(path: path, mode: .readWrite, expecting: smallIdentity)
        for number in 0..<documentCount {
          let texts = ["writer \(writer) wrote \(number)", "and more"]
          try store(texts, at: "/\(writer)/\(number)", in: index)
          if number % 10 == 9 { try index.removeDocuments(paths: ["/\(writer)/\(number)"]) }
        }
        try index.close()
      }
    }
    let readers = (0..<2).map { _ -> @Sendable () throws -> Void in
      {
        let index = try IndexStore.open(path: path, mode: .readOnly)
        for round in 0..<60 {
          let hits = try index.search(
            SearchQuery(text: "wrote", vector: vector(for: "\(round)"), limit: 200))
          // A reader sees a complete document or none.
          for hit in hits {
            let document = try index.document(path: hit.citation.path)
            let chunks = try document.map { try index.chunks(ofDocument: $0.id) } ?? []
            guard chunks.isEmpty || chunks.count == 2 else {
              throw StoreError.invalidInput("half a document")
            }
          }
        }
      }
    }
    #expect(run(writers + readers) == [])
    let index = try IndexStore.open(path: path, mode: .readWrite)
    #expect(try index.statistics().documentCount == 2 * documentCount * 9 / 10)
    #expect(try index.verify().problems == [])
  }

  @Test func ofManyThatCreateAnIndexAllGetTheSame() throws {
    let path = path
    let creators = (0..<8).map { number -> @Sendable () throws -> Void in
      {
        let index = try IndexStore.openOrCreate(path: path, identity: smallIdentity)
        try store(["from \(number)"], at: "/\(number)", in: index)
      }
    }
    #expect(run(creators) == [])
    let index = try IndexStore.open(path: path, mode: .readWrite)
    #expect(try index.statistics().documentCount == 8)
    #expect(try index.verify().problems == [])
  }

  /// During a checkpoint the file alone is inconsistent: opening it without respecting the locks
  /// would report damage.
  @Test func anIndexOpensWhileItIsWritten() throws {
    let path = path
    try IndexStore.create(path: path, identity: smallIdentity).close()
    let done = DoneFlag()
    let errors = run([
      {
        defer { done.value.store(true, ordering: .sequentiallyConsistent) }
        // The file grows; closing checkpoints the log.
        for round in 0..<40 {
          let index = try IndexStore.open(path: path, mode: .readWrite)
          try store((0..<100).map { "words \(round) \($0)" }, at: "/\(round)", in: index)
          try index.close()
        }
      },
      {
        while !done.value.load(ordering: .sequentiallyConsistent) {
          _ = try IndexStore.open(path: path, mode: .readOnly).statistics()
        }
      },
    ])
    #expect(errors == [])
  }

  @Test func threadsMayShareAnIndex() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    let threads = (0..<4).map { thread -> @Sendable () throws -> Void in
      {
        for number in 0..<15 {
          try store(["thread \(thread) \(number)"], at: "/\(thread)/\(number)", in: index)
          let hits = try index.search(
            SearchQuery(text: "thread", vector: vector(for: "thread \(thread) \(number)")))
          guard hits.contains(where: { $0.text == "thread \(thread) \(number)" }) else {
            throw StoreError.invalidInput("what was just stored is not found")
          }
        }
      }
    }
    #expect(run(threads) == [])
    #expect(try index.statistics().documentCount == 60)
  }
}

/// Signals one thread that another has ended.
private final class DoneFlag: Sendable {
  let value = Atomic(false)
}
