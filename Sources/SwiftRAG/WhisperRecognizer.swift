internal import Bytes
internal import Checkpoints
internal import Documents
internal import Foundation
internal import Generation
internal import Media
internal import Models
internal import RAG
internal import Store

/// The configured Whisper as the index uses it.
struct WhisperRecognizer: SpeechRecognizer {
  let identity: String
  let runtime: Runtime

  /// The rules of decoding, of cutting at windows and of continuing; a change of the text that they
  /// give raises the number.
  private static let version = "transcription-3"

  /// The Whisper that the settings name, hashed and not opened; nil where none is named and
  /// `models/whisper` has none.
  ///
  /// - Throws: ``ModelLocator/Failure`` if a model is named that does not exist, and the errors of
  ///   reading it.
  static func configured(_ runtime: Runtime) throws -> WhisperRecognizer? {
    let path: String
    do {
      path = try runtime.locator.whisperModel(runtime.settings.whisperModel)
    } catch {
      if case .noSpeechModel = error { return nil }
      throw error
    }
    let files = try Checkpoint.open(path: path).files.map(\.file.path)
    let hash = try DigestCache.standard.digest(ofFilesAt: files).hex
    return WhisperRecognizer(identity: "\(version) \(hash)", runtime: runtime)
  }

  /// The recording is being left because the run was stopped.
  private struct Stopped: Error {}

  func transcribe(
    path: String, continuing start: StoredTranscript, report: (StoredTranscript) -> Void,
    shouldStop: () -> Bool
  ) throws -> StoredTranscript {
    let transcriber = try runtime.transcriber()
    var wasStopped = false
    func isStopped() -> Bool {
      wasStopped = wasStopped || shouldStop()
      return wasStopped
    }
    let recording: Recording
    do {
      recording = try runtime.recording(
        path: path, bandCount: transcriber.model.config.melCount
      ) { _ in if isStopped() { throw Stopped() } }
    } catch is Stopped {
      return start
    }
    let state = Self.state(of: start)
    // What cannot be continued begins anew.
    var transcript = state == nil ? StoredTranscript() : start
    transcript.milliseconds = Self.milliseconds(recording.duration)
    // With the defaults of openai-whisper.
    let result = try transcriber.transcribe(recording, resuming: state) { event in
      switch event {
      case .language(let code, _): transcript.language = code
      case .segments(let segments):
        transcript.parts += segments.compactMap { Self.part($0, end: transcript.milliseconds) }
      case .progress(let seconds, _):
        transcript.doneMilliseconds = Self.milliseconds(seconds)
        report(transcript)
      }
    } didReach: { position in
      transcript.continuation = Self.continuation(at: position)
    } shouldStop: {
      isStopped()
    }
    transcript.language = result.language
    if !wasStopped {
      transcript.isComplete = true
      transcript.doneMilliseconds = transcript.milliseconds
      transcript.continuation = nil
    }
    return transcript
  }

  /// The state from which an interrupted transcript continues; nil at the beginning.
  private static func state(of transcript: StoredTranscript) -> TranscriptionState? {
    transcript.continuation
      .flatMap { try? JSONDecoder().decode(TranscriptionPosition.self, from: Data($0.utf8)) }
      .map { TranscriptionState(position: $0) }
  }

  /// The text from which ``state(of:)`` reads a position.
  private static func continuation(at position: TranscriptionPosition) -> String? {
    (try? JSONEncoder().encode(position)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The speech of a segment; nil where it has none.
  private static func part(_ segment: TranscriptSegment, end: Int) -> TranscriptPart? {
    let text = String(
      String.UnicodeScalarView(
        segment.text.unicodeScalars.filter { $0.properties.generalCategory != .control })
    ).trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return nil }
    // A window reaches beyond the end of the recording, and so may its last segment.
    let start = min(milliseconds(segment.start), end)
    return TranscriptPart(
      startMilliseconds: start, endMilliseconds: max(start, min(milliseconds(segment.end), end)),
      text: text)
  }

  private static func milliseconds(_ seconds: Double) -> Int {
    Int((seconds * 1_000).rounded())
  }
}
