internal import Bytes
internal import Foundation
internal import Generation

/// The file of a recording's text, which grows as the text is decoded, and the journal beside it
/// that continues an interrupted transcription.
struct TranscriptFile {
  let path: String
  let format: TranscriptFormat

  private var journal: TranscriptJournal { TranscriptJournal(path: path + ".resume") }

  /// Whether the text is there and nothing is left to do.
  var isComplete: Bool {
    FileManager.default.fileExists(atPath: path) && !journal.exists
  }

  /// Transcribes a recording into the file, from where an earlier run ended.
  ///
  /// - Throws: what the transcription throws; `BytesError` where the files cannot be written. What
  ///   was done stays.
  func write(_ task: TranscriptionTask, recording file: String) throws {
    var journal = journal
    let state = try journal.open(fingerprint: task.fingerprint(recording: file))
    var renderer = TranscriptRenderer(format: format)
    if format != .json {
      let text = renderer.header + renderer.text(of: state?.segments ?? [])
      try AtomicFile.write(Array(text.utf8), to: path)
    }
    let shown = droppingControls(path)
    if let last = state?.segments.last {
      Terminal.note("\(shown) continues at \(ProgressBar.clock(seconds: last.end))")
    }
    Interrupts.onInterrupt {
      // JSON is written at the end.
      (format == .json ? "what is done is kept" : "the text so far is in \(shown)")
        + "; the same command continues it"
    }
    defer { Interrupts.onInterrupt(say: nil) }
    var pending: [TranscriptSegment] = []
    let transcript = try task.run(
      path: file, name: file, resuming: state,
      didReach: { position in
        if format != .json { try Self.append(renderer.text(of: pending), to: path) }
        try journal.append(position, pending)
        pending = []
      },
      write: { pending = $0 })
    if Interrupts.isRequested { return }
    if format == .json {
      let report = try jsonText(TranscriptReport(transcript, file: file))
      try AtomicFile.write(Array((report + "\n").utf8), to: path)
    }
    journal.remove()
  }

  private static func append(_ text: String, to path: String) throws {
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
  }
}
