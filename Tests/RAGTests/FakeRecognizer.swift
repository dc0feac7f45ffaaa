import Documents
import Media
import RAG
import Store
import Synchronization

/// A speech model for tests: each line of a file after the header of a WAV file is a window of ten
/// seconds.
final class FakeRecognizer: SpeechRecognizer {
  let identity: String
  /// The windows that were decoded.
  let windowCount = Mutex(0)
  /// Called before each window, with the number of windows so far.
  let beforeWindow: @Sendable (Int) -> Void

  init(identity: String = "fake-1", beforeWindow: @escaping @Sendable (Int) -> Void = { _ in }) {
    self.identity = identity
    self.beforeWindow = beforeWindow
  }

  /// A file that is recognised as a recording.
  static func file(_ lines: [String]) -> [UInt8] {
    Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVE".utf8)
      + Array(lines.joined(separator: "\n").utf8)
  }

  func transcribe(
    path: String, continuing start: StoredTranscript, report: (StoredTranscript) -> Void,
    shouldStop: () -> Bool
  ) throws -> StoredTranscript {
    let bytes = try FileContents.read(path: path, limit: 1 << 20)
    let text = String(decoding: bytes.dropFirst(12), as: UTF8.self)
    if text == "damaged" { throw SoundError.damaged(.wav, detail: "its header is cut short") }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var transcript = start
    (transcript.language, transcript.milliseconds) = ("en", lines.count * 10_000)
    for index in start.doneMilliseconds / 10_000..<lines.count {
      beforeWindow(windowCount.withLock { $0 })
      if shouldStop() { return transcript }
      windowCount.withLock { $0 += 1 }
      if !lines[index].isEmpty {
        transcript.parts.append(
          TranscriptPart(
            startMilliseconds: index * 10_000 + 500, endMilliseconds: index * 10_000 + 9_500,
            text: lines[index]))
      }
      transcript.doneMilliseconds = (index + 1) * 10_000
      report(transcript)
    }
    transcript.isComplete = true
    return transcript
  }
}
