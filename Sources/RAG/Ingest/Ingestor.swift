internal import Bytes
internal import Documents
internal import Foundation
package import Store
internal import Synchronization

/// Brings an index up to date with files and folders.
///
/// Three stages run at once: one thread reads, chunks and tokenises; the caller's thread computes
/// the vectors (on all cores); one thread writes, several documents per transaction. So indexing
/// takes little longer than the embedding, and a killed process leaves only complete documents.
package struct Ingestor {
  private let store: IndexStore
  private let encoder: any SentenceEncoder
  private let preparer: DocumentPreparer
  private let pictures: PictureTools

  /// - Parameters:
  ///   - store: the index.
  ///   - encoder: embeds texts.
  ///   - pictures: decodes and embeds pictures, and reads the words in them.
  package init(
    store: IndexStore, encoder: any SentenceEncoder, pictures: PictureTools = PictureTools()
  ) {
    self.store = store
    self.encoder = encoder
    var pictures = pictures
    pictures.model = store.adopting(pictures.model)
    self.pictures = pictures
    preparer = Self.preparer(encoder: encoder, pictures: pictures)
  }

  private static func preparer(
    encoder: any SentenceEncoder, pictures: PictureTools
  ) -> DocumentPreparer {
    DocumentPreparer(
      reader: DocumentReader(), chunker: chunker(for: encoder), encoder: encoder,
      pictures: pictures)
  }

  /// The chunker whose chunks fit the encoder.
  private static func chunker(for encoder: any SentenceEncoder) -> Chunker {
    Chunker(maximumTokenCount: encoder.maximumTokenCount) { encoder.tokenCount(of: $0) }
  }

  /// The documents below `paths` as the first stage prepares them, their pictures without vectors;
  /// unreadable ones are left out.
  package static func preparedDocuments(
    paths: [String], encoder: any SentenceEncoder
  ) -> [PreparedDocument] {
    let preparer = preparer(encoder: encoder, pictures: PictureTools())
    return DocumentFinder().find(paths).files.compactMap { FileFacts(path: $0) }.compactMap {
      let outcome = preparer.prepare($0, indexedSHA256: nil, isKnown: { _ in false })
      guard case .document(let document) = outcome else { return nil }
      return document
    }
  }

  /// The identity of an index that is made with `encoder`.
  ///
  /// The space of pictures is added when the picture model is opened for the first picture.
  package static func identity(for encoder: any SentenceEncoder) -> IndexIdentity {
    IndexIdentity(
      modelHash: encoder.modelHash, modelName: encoder.modelName, dimension: encoder.dimension,
      chunker: DocumentReader.identity + " " + chunker(for: encoder).identity)
  }

  /// Adds new files, updates changed ones, and removes vanished ones below the paths.
  ///
  /// - Parameters:
  ///   - paths: files and folders.
  ///   - report: receives the plan, the progress and skipped files; called on the caller's thread.
  ///   - shouldStop: called between batches; true stops the run and keeps what is done.
  /// - Returns: the counts.
  /// - Throws: `StoreError` if the index cannot be written, and what the encoder throws.
  package func add(
    paths: [String], report: (IngestEvent) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    let start = ContinuousClock.now
    var result = IngestReport()
    let plan = try IngestPlan(
      paths: paths, store: store, readsWords: pictures.recognizer != nil)
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
      try embedWaitingPictures(into: &result, report: report, shouldStop: shouldStop)
    }
    if !result.wasInterrupted {
      for path in paths {
        let vanished = try store.removeVanished(under: FileFacts.canonical(path)) {
          FileFacts.exists($0)
        }
        result.removedCount += vanished.count
      }
      // A rename is one file that vanished and one that appeared with the same bytes.
      result.removedCount = max(0, result.removedCount - result.renamedCount)
    }
    result.waitingPictureCount = try store.waitingPictureCount()
    result.unreadPageCount = try store.unreadPageCount()
    result.seconds = (ContinuousClock.now - start).inSeconds
    return result
  }

  /// Embeds the pictures that were indexed without a picture model, if there is one now.
  private func embedWaitingPictures(
    into result: inout IngestReport, report: (IngestEvent) -> Void, shouldStop: () -> Bool
  ) throws {
    guard try store.waitingPictureCount() > 0, let embedder = try pictures.model.get() else {
      return
    }
    try WaitingPictures(store: store, preparer: preparer, embedder: embedder)
      .embed(into: &result, report: report, shouldStop: shouldStop)
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
      for (var document, vectors) in batch.complete {
        if !document.pictures.isEmpty, let embedder = try pictures.model.get() {
          let start = ContinuousClock.now
          try document.pictures.embed(with: embedder)
          result.embeddingSeconds += (ContinuousClock.now - start).inSeconds
          result.embeddedPictureCount += document.pictures.count
        }
        writer.write(document, vectors: vectors)
        doneCount += 1
      }
      report(
        .progress(
          doneCount: doneCount, changedCount: plan.candidates.count,
          chunkCount: result.embeddedChunkCount))
    }
    // However this function ends, both threads are stopped and the writer has finished.
    defer { outcomes.close() }
    do {
      while !result.wasInterrupted, let outcome = outcomes.pop() {
        if case .failed(let error) = outcome { throw error }
        if case .document(let document) = outcome {
          if plan.indexedPaths.contains(document.record.path) {
            result.updatedCount += 1
          } else {
            result.addedCount += 1
          }
          for message in document.warnings {
            report(.warning(path: document.record.displayPath, message: message))
          }
          for skipped in document.skippedPictures {
            result.skippedPictures.append(skipped)
            report(.skipped(path: skipped.path, reason: skipped.reason))
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

  /// Counts a file that needs no embedding.
  private func count(
    _ outcome: PreparationOutcome, plan: IngestPlan, in result: inout IngestReport,
    report: (IngestEvent) -> Void
  ) {
    switch outcome {
    case .document, .failed: break
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

  /// Starts the reading thread; the queue delivers its outcomes in the order of the candidates.
  private func startReading(_ plan: IngestPlan) -> BoundedQueue<PreparationOutcome> {
    // Eight documents in advance keep the kernels busy while a slow one (a PDF) is read.
    let outcomes = BoundedQueue<PreparationOutcome>(capacity: 8)
    let preparer = self.preparer
    let thread = Thread {
      for candidate in plan.candidates {
        let outcome = preparer.prepare(
          candidate.facts, indexedSHA256: candidate.indexedSHA256, isRenewed: candidate.isRenewed,
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
