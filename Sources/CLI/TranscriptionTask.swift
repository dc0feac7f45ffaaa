internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import Generation
internal import Media
internal import Models
internal import SwiftRAG
internal import Tokenizers

/// The transcription of recordings with the same model and options, with its progress on the
/// terminal.
struct TranscriptionTask {
  let runtime: Runtime
  let transcriber: Transcriber
  let options: TranscriptionOptions
  let detection: SpeechDetection

  /// Transcribes one recording.
  ///
  /// - Parameters:
  ///   - path: the recording.
  ///   - name: for messages.
  ///   - state: of an interrupted transcription.
  ///   - didReach: receives the position after each window; an error ends the transcription.
  ///   - write: receives the segments of each window.
  /// - Returns: the transcript, of what was done before an interruption.
  /// - Throws: what reading and decoding the recording and `didReach` throw.
  func run(
    path: String, name: String, resuming state: TranscriptionState? = nil,
    didReach: (TranscriptionPosition) throws -> Void = { _ in },
    write: ([TranscriptSegment]) -> Void
  ) throws -> Transcript {
    let label = Paths.name(of: name)
    let bar = ProgressBar("reading \(label)", unit: "s", total: 0)
    defer { bar.finish() }
    let recording: Recording
    do {
      recording = try runtime.recording(
        path: path, bandCount: transcriber.model.config.melCount, speech: detection
      ) { seconds in
        bar.update(done: Int(seconds))
        if Interrupts.isRequested { throw ExitCode.interrupted }
      }
    } catch let error as SoundError {
      throw Self.failure(error, path: path, name: name)
    }
    bar.finish()
    if let remark = recording.remark {
      Terminal.note("\(droppingControls(name)): the sound ends early: \(droppingControls(remark))")
    }
    let work = ProgressBar(
      "transcribing \(label)", unit: "s", total: Int(recording.duration.rounded(.up)))
    defer { work.finish() }
    return try transcriber.transcribe(recording, options: options, resuming: state) { event in
      switch event {
      case .language(let code, let probability):
        let language = WhisperLanguages.name(of: code) ?? code
        Terminal.note(
          "detected language: \(language) (\(String(format: "%.0f", probability * 100)) %)")
      case .segments(let segments): write(segments)
      case .progress(let seconds, _): work.update(done: Int(seconds))
      }
    } didReach: {
      try didReach($0)
    } shouldStop: {
      Interrupts.isRequested
    }
  }

  /// The error with the name of the recording, of which several may have been given.
  private static func failure(_ error: SoundError, path: String, name: String) -> CommandFailure {
    let message = "\(error)"
    return CommandFailure(
      message.hasPrefix(path + " ") ? message : "\(shownName(name)): \(message)", error.category,
      path: path == name ? path : nil)
  }

  /// The recording, the model and the options: an interrupted transcription continues only with the
  /// same.
  func fingerprint(recording path: String) -> String {
    func stamp(_ path: String) -> String {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      let byteCount = attributes?[.size] as? Int ?? 0
      let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
      return "\(path) \(byteCount) \(changed)"
    }
    return
      ([stamp(path)] + transcriber.model.weightPaths.map(stamp)
      + ["\(options)", detection.rawValue]).joined(separator: "\n")
  }
}
