internal import Documents
internal import Foundation
package import Store
internal import Synchronization

/// Brings an index up to date with files and folders.
///
/// Three stages run at once: one thread reads, cuts and tokenises; the caller's thread computes the
/// vectors (on all cores); one thread writes, several documents a transaction. So the index costs
/// little more than the embedding, and a process that dies leaves only whole documents.
package struct Ingestor {
  private let store: IndexStore
  private let encoder: any SentenceEncoder
  private let preparer: DocumentPreparer

  package init(store: IndexStore, encoder: any SentenceEncoder) {
    self.store = store
    self.encoder = encoder
    preparer = DocumentPreparer(
      reader: DocumentReader(), chunker: Self.chunker(for: encoder), encoder: encoder)
  }

  /// The chunker whose chunks fit the encoder.
  private static func chunker(for encoder: any SentenceEncoder) -> Chunker {
    Chunker(maximumTokenCount: encoder.maximumTokenCount) { encoder.tokenCount(of: $0) }
  }

  /// The documents below `paths` as the first stage makes them; unreadable ones are left out.
  package static func preparedDocuments(
    paths: [String], encoder: any SentenceEncoder
  ) -> [PreparedDocument] {
    let preparer = DocumentPreparer(
      reader: DocumentReader(), chunker: chunker(for: encoder), encoder: encoder)
    return DocumentFinder().find(paths).files.compactMap { FileFacts(path: $0) }.compactMap {
      let outcome = preparer.prepare($0, indexedSHA256: nil, isKnown: { _ in false })
      guard case .document(let document) = outcome else { return nil }
      return document
    }
  }

  /// What an index made with `encoder` must say of itself.
  package static func identity(for encoder: any SentenceEncoder) -> IndexIdentity {
    IndexIdentity(
      modelHash: encoder.modelHash, modelName: encoder.modelName, dimension: encoder.dimension,
      chunker: DocumentReader.identity + " " + chunker(for: encoder).identity)
  }

  /// Adds what is new, updates what changed, forgets what vanished below the paths.
  ///
  /// - Parameters:
  ///   - paths: files and folders.
  ///   - report: told of plan, progress and skipped files; called on the caller's thread.
  ///   - shouldStop: asked between batches; what is done by then stays.
  /// - Returns: the counts.
  /// - Throws: `StoreError` when the index cannot be written, and what the encoder throws.
  package func add(
    paths: [String], report: (IngestEvent) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    let start = ContinuousClock.now
    var result = IngestReport()
    let plan = try IngestPlan(paths: paths, store: store)
    for problem in plan.problems {
      result.skipped.append(.init(path: problem.path, reason: problem.reason))
      report(.skipped(path: problem.path, reason: problem.reason))
    }
    result.unchangedCount = plan.unchangedCount
    report(.planned(fileCount: plan.fileCount, changedCount: plan.candidates.count))
    if !plan.candidates.isEmpty {
      try embed(plan, into: &result, report: report, shouldStop: shouldStop)
    }
    if !result.wasInterrupted {
      for path in paths {
        let vanished = try store.removeVanished(under: FileFacts.canonical(path)) {
          FileFacts.exists($0)
        }
        result.removedCount += vanished.count
      }
      // A rename is one file that vanished and one that came with the same bytes.
      result.removedCount = max(0, result.removedCount - result.renamedCount)
    }
    result.seconds = (ContinuousClock.now - start).inSeconds
    return result
  }

  /// Runs the pipeline over the plan's candidates.
  private func embed(
    _ plan: IngestPlan, into result: inout IngestReport, report: (IngestEvent) -> Void,
    shouldStop: () -> Bool
  ) throws {
    let outcomes = startReading(plan)
    let writer = IndexWriter(store: store)
    var batcher = EmbeddingBatcher()
    var doneCount = 0
    func step() throws {
      let start = ContinuousClock.now
      let batch = try batcher.embedBatch(with: encoder)
      result.embeddingSeconds += (ContinuousClock.now - start).inSeconds
      result.embeddedChunkCount += batch.chunkCount
      result.embeddedTokenCount += batch.tokenCount
      for (document, vectors) in batch.complete {
        writer.write(document, vectors: vectors)
        doneCount += 1
      }
      report(
        .progress(
          doneCount: doneCount, changedCount: plan.candidates.count,
          chunkCount: result.embeddedChunkCount))
    }
    // Whatever ends this function, both threads are told to stop and the writer has finished.
    defer { outcomes.close() }
    do {
      while !result.wasInterrupted, let outcome = outcomes.pop() {
        if case .document(let document) = outcome {
          if plan.indexedPaths.contains(document.record.path) {
            result.updatedCount += 1
          } else {
            result.addedCount += 1
          }
          for message in document.warnings {
            report(.warning(path: document.record.displayPath, message: message))
          }
          batcher.add(document)
        } else {
          doneCount += 1
          count(outcome, plan: plan, in: &result, report: report)
          writer.write(outcome)
        }
        while batcher.isFull && !result.wasInterrupted {
          try step()
          result.wasInterrupted = shouldStop()
        }
        result.wasInterrupted = result.wasInterrupted || shouldStop()
        if writer.hasFailed { break }
      }
      while !batcher.isEmpty && !result.wasInterrupted && !writer.hasFailed {
        try step()
        result.wasInterrupted = shouldStop()
      }
    } catch {
      outcomes.close()
      try? writer.finish()
      throw error
    }
    outcomes.close()
    try writer.finish()
  }

  /// Counts a file that needs no vectors.
  private func count(
    _ outcome: PreparationOutcome, plan: IngestPlan, in result: inout IngestReport,
    report: (IngestEvent) -> Void
  ) {
    switch outcome {
    case .document: break
    case .touched: result.unchangedCount += 1
    case .known(let record):
      if plan.vanishedContents.contains(.init(sha256: record.sha256, type: record.type)) {
        result.renamedCount += 1
      } else if plan.indexedPaths.contains(record.path) {
        result.updatedCount += 1
      } else {
        result.addedCount += 1
      }
    case .skipped(let record, let reason):
      result.skipped.append(.init(path: record.displayPath, reason: reason))
      report(.skipped(path: record.displayPath, reason: reason))
    }
  }

  /// Starts the reading thread; what it makes of each candidate comes out of the queue in order.
  private func startReading(_ plan: IngestPlan) -> BoundedQueue<PreparationOutcome> {
    // Eight documents ahead keep the kernels fed while a slow one (a PDF) is read.
    let outcomes = BoundedQueue<PreparationOutcome>(capacity: 8)
    let preparer = self.preparer
    let thread = Thread {
      for candidate in plan.candidates {
        let outcome = preparer.prepare(
          candidate.facts, indexedSHA256: candidate.indexedSHA256,
          isKnown: { plan.indexedContents.contains($0) })
        guard outcomes.push(outcome) else { return }
      }
      outcomes.close()
    }
    // Deeply nested HTML is parsed recursively by libxml2; 8 MiB is the main thread's usual size.
    thread.stackSize = 8 << 20
    thread.start()
    return outcomes
  }
}

extension Duration {
  /// The duration as a number of seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
