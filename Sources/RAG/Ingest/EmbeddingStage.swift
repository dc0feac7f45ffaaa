internal import Bytes
internal import Documents
internal import Store

/// The computing stage of an ingest: collects documents, embeds their texts and pictures in batches,
/// and passes each to the writer when its last vector is there.
struct EmbeddingStage {
  let plan: IngestPlan
  let encoder: any SentenceEncoder
  let pictures: PictureModel
  let writer: IndexWriter
  private var batcher = EmbeddingBatcher()
  private var doneCount = 0

  init(
    _ plan: IngestPlan, encoder: any SentenceEncoder, pictures: PictureModel, writer: IndexWriter
  ) {
    self.plan = plan
    self.encoder = encoder
    self.pictures = pictures
    self.writer = writer
  }

  /// Takes up a document, and counts it as added or updated.
  mutating func add(
    _ document: PreparedDocument, into result: inout IngestReport, report: (IngestEvent) -> Void
  ) {
    if plan.indexedPaths.contains(ExactPath(document.record.path)) {
      result.updatedCount += 1
    } else {
      result.addedCount += 1
    }
    result.foreignChunkCount += document.foreignChunkCount
    for (reason, count) in document.leftOut.counts {
      result.leftOutWordCounts[reason.rawValue, default: 0] += count
    }
    for message in document.warnings {
      report(.warning(path: document.record.displayPath, message: message))
    }
    for skipped in document.skippedPictures {
      result.skippedPictures.append(skipped)
      report(.skipped(path: skipped.path, reason: skipped.reason))
    }
    batcher.add(document)
  }

  /// Writes a file that needs no embedding, and counts it.
  mutating func pass(
    _ outcome: PreparationOutcome, into result: inout IngestReport, report: (IngestEvent) -> Void
  ) {
    doneCount += 1
    count(outcome, in: &result, report: report)
    writer.write(outcome)
  }

  /// Embeds full batches, or everything that waits, until there is nothing left or the run is stopped.
  ///
  /// - Parameters:
  ///   - everything: whether a batch that is not full is embedded too.
  ///   - result: counts chunks, pictures and seconds.
  ///   - report: receives the progress.
  ///   - shouldStop: called between batches.
  /// - Throws: the errors of the models.
  mutating func embed(
    everything: Bool = false, into result: inout IngestReport, report: (IngestEvent) -> Void,
    shouldStop: () -> Bool
  ) throws {
    while everything ? !batcher.isEmpty : batcher.isFull, !result.wasInterrupted,
      !writer.hasFailed
    {
      try embedBatch(into: &result)
      report(
        .progress(
          doneCount: doneCount, changedCount: plan.candidates.count,
          chunkCount: result.embeddedChunkCount))
      result.wasInterrupted = shouldStop()
    }
  }

  private mutating func embedBatch(into result: inout IngestReport) throws {
    let start = ContinuousClock.now
    let batch = try batcher.embedBatch(with: encoder)
    result.embeddingSeconds += (ContinuousClock.now - start).inSeconds
    result.embeddedChunkCount += batch.chunkCount
    result.embeddedTokenCount += batch.tokenCount
    for (var document, vectors) in batch.complete {
      if !document.pictures.isEmpty, let embedder = try pictures.get() {
        let start = ContinuousClock.now
        try document.pictures.embed(with: embedder)
        result.embeddingSeconds += (ContinuousClock.now - start).inSeconds
        result.embeddedPictureCount += document.pictures.count
      }
      writer.write(document, vectors: vectors)
      doneCount += 1
    }
  }

  private func count(
    _ outcome: PreparationOutcome, in result: inout IngestReport, report: (IngestEvent) -> Void
  ) {
    switch outcome {
    case .document, .recording, .failed: break
    case .touched: result.unchangedCount += 1
    case .known(let record):
      if plan.vanishedContents.contains(.init(sha256: record.sha256, type: record.type)) {
        result.renamedCount += 1
      } else if plan.indexedPaths.contains(ExactPath(record.path)) {
        result.updatedCount += 1
      } else {
        result.addedCount += 1
      }
    case .skipped(let record, let reason):
      result.skipped.append(.init(path: record.displayPath, reason: reason))
      report(.skipped(path: record.displayPath, reason: reason))
    }
  }
}
