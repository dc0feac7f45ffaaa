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
  private let speech: SpeechModel

  /// - Parameters:
  ///   - store: the index.
  ///   - encoder: embeds texts.
  ///   - pictures: decodes and embeds pictures, and reads the words in them.
  ///   - speech: transcribes recordings; without a model they are reported as skipped.
  package init(
    store: IndexStore, encoder: any SentenceEncoder, pictures: PictureTools = PictureTools(),
    speech: SpeechModel = SpeechModel()
  ) {
    self.store = store
    self.encoder = encoder
    self.speech = speech
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
  ///
  /// Encoders with room for 512 tokens get no longer passages than others: a person reads them, and
  /// the sizes were chosen by measurement (the article Documents).
  private static func chunker(for encoder: any SentenceEncoder) -> Chunker {
    Chunker(maximumTokenCount: min(encoder.maximumTokenCount, chunkTokenLimit)) {
      encoder.tokenCount(of: $0)
    }
  }

  private static let chunkTokenLimit = 256

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
  ///   - checksContent: whether the bytes of every file are compared with those that were indexed,
  ///     and not only its size and modification time.
  ///   - report: receives the plan, the progress and skipped files; called on the caller's thread.
  ///   - shouldStop: called between batches; true stops the run and keeps what is done.
  /// - Returns: the counts.
  /// - Throws: `StoreError` if the index cannot be written, and what the encoder throws.
  package func add(
    paths: [String], checksContent: Bool = false, report: (IngestEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    let start = ContinuousClock.now
    var result = IngestReport()
    let plan = try IngestPlan(
      paths: paths, store: store, readsWords: pictures.recognizer != nil,
      checksContent: checksContent)
    result.passedOver = plan.passedOver
    let problems = plan.problems.map { IngestReport.Skipped(path: $0.path, reason: $0.reason) }
    for skipped in problems + plan.settled {
      result.skipped.append(skipped)
      report(.skipped(path: skipped.path, reason: skipped.reason))
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
      try store.removeStaleTranscripts { FileFacts.exists($0) }
    }
    try countOtherTranscripts(into: &result)
    result.waitingPictureCount = try store.waitingPictureCount()
    result.unreadPageCount = try store.unreadPageCount()
    result.seconds = (ContinuousClock.now - start).inSeconds
    return result
  }

  /// Counts the recordings that were transcribed with another model than the present one.
  private func countOtherTranscripts(into result: inout IngestReport) throws {
    guard try store.recordingCount() > 0, let model = try speech.get()?.identity else { return }
    result.otherModelRecordingCount = try store.recordingCount(notBy: model)
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
  ///
  /// Recordings come last: a minute of sound takes as long as a book, and the texts can be searched
  /// meanwhile. Each recording is written before the next one is begun.
  private func embed(
    _ plan: IngestPlan, into result: inout IngestReport, report: (IngestEvent) -> Void,
    shouldStop: () -> Bool
  ) throws {
    let outcomes = startReading(plan)
    let writer = IndexWriter(store: store)
    var stage = EmbeddingStage(plan, encoder: encoder, pictures: pictures.model, writer: writer)
    // However this function ends, both threads are stopped and the writer has finished.
    defer { outcomes.close() }
    do {
      var recordings: [DocumentRecord] = []
      while !result.wasInterrupted, !writer.hasFailed, let outcome = outcomes.pop() {
        switch outcome {
        case .failed(let error): throw error
        case .document(let document): stage.add(document, into: &result, report: report)
        case .recording(let record): recordings.append(record)
        case .touched, .known, .skipped: stage.pass(outcome, into: &result, report: report)
        }
        try stage.embed(into: &result, report: report, shouldStop: shouldStop)
        result.wasInterrupted = result.wasInterrupted || shouldStop()
      }
      try stage.embed(everything: true, into: &result, report: report, shouldStop: shouldStop)
      try transcribe(recordings, stage: &stage, into: &result, report, shouldStop: shouldStop)
    } catch {
      outcomes.close()
      try? writer.finish()
      throw error
    }
    outcomes.close()
    try writer.finish()
  }

  /// Transcribes and embeds recordings, one after another.
  private func transcribe(
    _ recordings: [DocumentRecord], stage: inout EmbeddingStage, into result: inout IngestReport,
    _ report: (IngestEvent) -> Void, shouldStop: () -> Bool
  ) throws {
    let intake = RecordingIntake(
      store: store, speech: speech, chunker: preparer.chunker, encoder: encoder)
    for record in recordings where !result.wasInterrupted && !stage.writer.hasFailed {
      switch try intake.take(record, into: &result, report: report, shouldStop: shouldStop) {
      case .document(let document): stage.add(document, into: &result, report: report)
      case .skipped(let reason):
        stage.pass(.skipped(record, reason: reason), into: &result, report: report)
      case .interrupted: result.wasInterrupted = true
      }
      try stage.embed(everything: true, into: &result, report: report, shouldStop: shouldStop)
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
          refusal: candidate.refusal, isKnown: { plan.indexedContents.contains($0) })
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
