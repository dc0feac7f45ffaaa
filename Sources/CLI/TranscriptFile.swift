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
    var output = TranscriptText(format: format)
    output.add(state?.segments ?? [])
    if format != .json { try AtomicFile.write(Array(output.text.utf8), to: path) }
    if let state, let last = state.segments.last {
      Terminal.note(
        "\(droppingControls(path)) continues at \(ProgressBar.clock(seconds: last.end))")
    }
    let shown = droppingControls(path)
    Interrupts.onInterrupt { "the text so far is in \(shown); the same command continues it" }
    defer { Interrupts.onInterrupt(say: nil) }
    var pending: [TranscriptSegment] = []
    var failure: (any Error)?
    let transcript = try task.run(
      path: file, name: file, resuming: state,
      didReach: { position in
        do {
          let text = output.add(pending)
          if format != .json { try Self.append(text, to: path) }
          try journal.append(position, pending)
        } catch {
          failure = failure ?? error
        }
        pending = []
      },
      write: { pending = $0 })
    if let failure { throw failure }
    if Interrupts.isRequested { return }
    if format == .json {
      let report = try JSONEncoder.sorted.encode(TranscriptReport(transcript, file: file))
      try AtomicFile.write(Array(report) + [10], to: path)
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

/// The text of a transcript that grows.
private struct TranscriptText {
  private let renderer: TranscriptRenderer
  private var number = 0
  private(set) var text: String

  init(format: TranscriptFormat) {
    renderer = TranscriptRenderer(format: format)
    text = renderer.header
  }

  /// - Returns: what the segments add.
  @discardableResult
  mutating func add(_ segments: [TranscriptSegment]) -> String {
    var added = ""
    for segment in segments {
      let part = renderer.text(of: segment, number: number + 1)
      if part.isEmpty { continue }
      number += 1
      added += part
    }
    text += added
    return added
  }
}

extension JSONEncoder {
  /// Keys in alphabetical order, indented.
  fileprivate static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
