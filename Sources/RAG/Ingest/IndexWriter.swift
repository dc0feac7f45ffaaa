internal import Foundation
internal import Store
internal import Synchronization

/// Writes documents on a thread of its own, in order of arrival.
///
/// The last stage of the pipeline: while it waits for the disk, the next batch is computed, and
/// everything that arrives meanwhile is written in one transaction. A document is never split
/// between transactions.
final class IndexWriter: Sendable {
  private let queue = BoundedQueue<IndexChange>(capacity: 64)
  private let failure = Mutex<StoreError?>(nil)
  private let done = DispatchSemaphore(value: 0)
  /// Maximum number of documents in a transaction; with more, waiting for the disk takes under 2 %
  /// of the time of writing.
  private static let groupCount = 32

  init(store: IndexStore) {
    Thread.detachNewThread { self.run(store) }
  }

  /// The body of the thread: writes until the queue is closed and empty, or until writing fails.
  private func run(_ store: IndexStore) {
    while let changes = queue.popAll(limit: Self.groupCount) {
      do throws(StoreError) {
        let unlinked = try store.apply(changes)
        // Another process has removed the content meanwhile. A skipped file is tried again.
        for case .link(let record) in changes where unlinked.contains(record) {
          try store.recordSkipped(record, reason: "the index changed meanwhile; add it again")
        }
      } catch {
        failure.withLock { $0 = error }
        queue.close()
        break
      }
    }
    done.signal()
  }

  /// Enqueues a document; waits while the queue is full.
  func write(_ document: PreparedDocument, vectors: [Float]) {
    let embedded = document.embedded(vectors)
    queue.push(document.isRenewed ? .renew(embedded) : .replace(embedded))
  }

  /// Enqueues a change that needs no vectors.
  func write(_ outcome: PreparationOutcome) {
    switch outcome {
    case .document, .recording, .failed: break
    case .touched(let facts):
      queue.push(.touch(path: facts.path, modifiedNanoseconds: facts.modifiedNanoseconds))
    case .known(let record): queue.push(.link(record))
    case .skipped(let record, let reason): queue.push(.skip(record, reason: reason))
    }
  }

  /// Whether writing has failed; then ``finish()`` throws the error.
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// Waits until everything in the queue is on disk.
  func finish() throws(StoreError) {
    queue.close()
    done.wait()
    // Signals again, so that a second call returns.
    done.signal()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
