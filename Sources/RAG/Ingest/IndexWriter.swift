internal import Foundation
internal import Store
internal import Synchronization

/// Writes documents on a thread of its own, in the order in which they come.
///
/// The last stage of the pipeline: while it waits for the disk the next batch is computed.
final class IndexWriter: Sendable {
  enum Item: Sendable {
    case document(PreparedDocument, [Float])
    case outcome(PreparationOutcome)
  }

  private let queue = BoundedQueue<Item>(capacity: 64)
  private let failure = Mutex<StoreError?>(nil)
  private let done = DispatchSemaphore(value: 0)

  init(store: IndexStore) {
    Thread.detachNewThread { self.run(store) }
  }

  /// The thread: writes until the queue is closed and empty, or until writing fails.
  private func run(_ store: IndexStore) {
    while let item = queue.pop() {
      do throws(StoreError) {
        try Self.write(item, to: store)
      } catch {
        failure.withLock { $0 = error }
        queue.close()
        break
      }
    }
    done.signal()
  }

  /// Hands an item over; waits while too many are in the queue.
  func write(_ item: Item) { queue.push(item) }

  /// Whether writing failed; then ``finish()`` throws why.
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// Waits until everything that was handed over is on the disk.
  func finish() throws(StoreError) {
    queue.close()
    done.wait()
    // A second call finds the semaphore signalled.
    done.signal()
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private static func write(_ item: Item, to store: IndexStore) throws(StoreError) {
    switch item {
    case .document(let document, let vectors):
      try store.replaceDocument(document.record, chunks: document.chunks, vectors: vectors)
    case .outcome(.document): break
    case .outcome(.touched(let facts)):
      try store.touch(path: facts.path, modifiedNanoseconds: facts.modifiedNanoseconds)
    case .outcome(.known(let record)):
      if try !store.link(record) {
        // Another process removed the equal document meanwhile. A skipped file is tried again.
        try store.recordSkipped(record, reason: "the index changed meanwhile; add it again")
      }
    case .outcome(.skipped(let record, let reason)):
      try store.recordSkipped(record, reason: reason)
    }
  }
}
