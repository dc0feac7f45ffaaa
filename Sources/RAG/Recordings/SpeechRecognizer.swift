package import Store

/// Writes down what is said in recordings.
package protocol SpeechRecognizer: Sendable {
  /// Names the model's weights and the options that decide the text, so that a transcript of another
  /// model is not taken for one of this.
  var identity: String { get }

  /// Transcribes a recording.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - start: what an interrupted run has done; an empty transcript begins anew.
  ///   - report: receives the transcript so far after each window.
  ///   - shouldStop: polled while a window is decoded; true ends the transcription and keeps the
  ///     windows that are done.
  /// - Returns: the transcript, complete unless it was stopped.
  /// - Throws: `SoundError` where the file gives no sound, and the errors of the model.
  func transcribe(
    path: String, continuing start: StoredTranscript, report: (StoredTranscript) -> Void,
    shouldStop: () -> Bool
  ) throws -> StoredTranscript
}
