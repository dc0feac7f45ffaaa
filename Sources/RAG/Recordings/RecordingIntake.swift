internal import Documents
internal import Media
internal import Store

/// Turns recordings into documents: their transcripts, cut into passages with times.
///
/// The transcript is kept in the index after each window, by the content of the recording and the
/// identity of the model. So an interrupted recording continues where it was, and copies, rebuilds
/// and files that were touched cost nothing.
struct RecordingIntake {
  let store: IndexStore
  let speech: SpeechModel
  let chunker: Chunker
  let encoder: any SentenceEncoder

  /// The outcome for one recording.
  enum Outcome {
    case document(PreparedDocument)
    /// Nothing can be indexed.
    case skipped(reason: String)
    /// The run was stopped; the windows that are done are kept.
    case interrupted
  }

  /// Transcribes a recording, or takes the transcript that is known.
  ///
  /// - Parameters:
  ///   - record: the file, hashed.
  ///   - result: counts the seconds of sound that were transcribed.
  ///   - report: receives the progress.
  ///   - shouldStop: polled while the recording is transcribed.
  /// - Returns: its passages, ready to be embedded.
  /// - Throws: `StoreError`, and the errors of the model; those of the file skip it.
  func take(
    _ record: DocumentRecord, into result: inout IngestReport, report: (IngestEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> Outcome {
    guard let recognizer = try speech.get() else {
      return .skipped(reason: IngestReport.noSpeechModelReason)
    }
    let known = try store.transcript(ofRecording: record.sha256, by: recognizer.identity)
    var transcript = known ?? StoredTranscript()
    if !transcript.isComplete {
      if shouldStop() { return .interrupted }
      let before = transcript.doneMilliseconds
      do {
        transcript = try transcribe(
          record, with: recognizer, continuing: transcript, report: report, shouldStop: shouldStop)
      } catch let error as SoundError {
        return .skipped(reason: error.oneLine)
      } catch is Changed {
        return .skipped(reason: "it changed while it was transcribed; add it again")
      }
      result.transcribedSeconds += Double(transcript.doneMilliseconds - before) / 1_000
      guard transcript.isComplete else { return .interrupted }
    }
    let chunks = TranscriptChunker(chunker: chunker).chunks(of: transcript.parts)
    guard !chunks.isEmpty else { return .skipped(reason: "nobody speaks in it") }
    var prepared = PreparedDocument(record, chunks: chunks, encoder: encoder)
    prepared.recording = RecordingDetails(
      language: transcript.language, milliseconds: transcript.milliseconds,
      model: recognizer.identity)
    return .document(prepared)
  }

  /// The file is not the one that was hashed.
  private struct Changed: Error {}

  /// Transcribes, and keeps what is done after each window.
  private func transcribe(
    _ record: DocumentRecord, with recognizer: any SpeechRecognizer,
    continuing start: StoredTranscript, report: (IngestEvent) -> Void, shouldStop: () -> Bool
  ) throws -> StoredTranscript {
    func isUnchanged() -> Bool {
      FileFacts(path: record.path).map {
        $0.byteCount == record.byteCount && $0.modifiedNanoseconds == record.modifiedNanoseconds
      } ?? false
    }
    func keep(_ transcript: StoredTranscript) throws {
      guard isUnchanged() else { throw Changed() }
      try store.keep(
        transcript, ofRecording: record.sha256, at: record.path, by: recognizer.identity)
    }
    var failure: (any Error)?
    let transcript = try recognizer.transcribe(
      path: record.displayPath, continuing: start,
      report: { transcript in
        do { try keep(transcript) } catch { failure = error }
        report(
          .transcribing(
            path: record.displayPath, doneSeconds: Double(transcript.doneMilliseconds) / 1_000,
            totalSeconds: Double(transcript.milliseconds) / 1_000))
      }, shouldStop: { failure != nil || shouldStop() })
    if let failure { throw failure }
    try keep(transcript)
    return transcript
  }
}

extension SoundError {
  /// The message on one line, for a table of files.
  var oneLine: String {
    description.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "; ")
  }
}
