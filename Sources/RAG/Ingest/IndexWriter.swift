internal import Foundation
internal import Store
internal import Synchronization

/// Writes documents on a thread of its own, in the order in which they come.
///
/// The last stage of the pipeline: while it waits for the disk the next batch is computed, and what
/// came meanwhile goes into the next transaction together. A document is in one transaction whole.
final class IndexWriter: Sendable {
  private let queue = BoundedQueue<IndexChange>(capacity: 64)
  private let failure = Mutex<StoreError?>(nil)
  private let done = DispatchSemaphore(value: 0)
  /// Documents of one transaction: past this, waiting for the disk costs under 2 % of writing.
  private static let groupCount = 32

  init(store: IndexStore) {
    Thread.detachNewThread { self.run(store) }
  }

  /// The thread: writes until the queue is closed and empty, or until writing fails.
  private func run(_ store: IndexStore) {
    while let changes = queue.popAll(limit: Self.groupCount) {
      do throws(StoreError) {
        let unlinked = try store.apply(changes)
        // Another process removed the equal document meanwhile. A skipped file is tried again.
        for record in unlinked {
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

  /// Hands a document over; waits while too many are in the queue.
  func write(_ document: PreparedDocument, vectors: [Float]) {
    queue.push(
      .replace(
        EmbeddedDocument(record: document.record, chunks: document.chunks, vectors: vectors)))
  }

  /// Hands over what needs no vectors.
  func write(_ outcome: PreparationOutcome) {
    switch outcome {
    case .document: break
    case .touched(let facts):
      queue.push(.touch(path: facts.path, modifiedNanoseconds: facts.modifiedNanoseconds))
    case .known(let record): queue.push(.link(record))
    case .skipped(let record, let reason): queue.push(.skip(record, reason: reason))
    }
  }

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
}
