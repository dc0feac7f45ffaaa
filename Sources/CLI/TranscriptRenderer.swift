internal import Foundation
internal import Generation

/// The formats of a transcript.
enum TranscriptFormat: String, CaseIterable {
  /// A line for each segment, without times.
  case txt
  /// SubRip subtitles.
  case srt
  /// WebVTT subtitles.
  case vtt
  /// Start, end (milliseconds) and text, separated by tabs.
  case tsv
  /// Lyrics: the start of each segment in minutes, seconds and hundredths.
  case lrc
  /// Everything that is known.
  case json
}

/// A transcript as text of a format, which grows with the segments of each window.
///
/// - Source: openai-whisper 20250625, `utils.py`: the writers of these formats.
struct TranscriptRenderer {
  let format: TranscriptFormat
  /// Segments with text so far.
  private var number = 0

  init(format: TranscriptFormat) { self.format = format }

  /// The beginning of the file, before the first segment.
  var header: String {
    switch format {
    case .txt, .srt, .lrc, .json: ""
    case .vtt: "WEBVTT\n\n"
    case .tsv: "start\tend\ttext\n"
    }
  }

  /// The next segments; one without text is nothing, and JSON is written whole at the end.
  ///
  /// - Parameter segments: of the transcript, after those of earlier calls.
  /// - Returns: whole lines.
  mutating func text(of segments: [TranscriptSegment]) -> String {
    var lines = ""
    for segment in segments {
      let text = droppingControls(segment.text.trimmingCharacters(in: .whitespacesAndNewlines))
      if text.isEmpty { continue }
      number += 1
      lines += entry(segment, text)
    }
    return lines
  }

  private func entry(_ segment: TranscriptSegment, _ text: String) -> String {
    // An arrow would end the times of a subtitle.
    let subtitle = text.replacingOccurrences(of: "-->", with: "->")
    switch format {
    case .txt: return text + "\n"
    case .srt:
      return "\(number)\n\(clock(segment.start, hours: true, mark: ",")) --> "
        + "\(clock(segment.end, hours: true, mark: ","))\n\(subtitle)\n\n"
    case .vtt:
      return "\(clock(segment.start)) --> \(clock(segment.end))\n\(subtitle)\n\n"
    case .tsv:
      return "\(milliseconds(segment.start))\t\(milliseconds(segment.end))\t"
        + text.replacingOccurrences(of: "\t", with: " ") + "\n"
    case .lrc:
      let hundredths = Int((max(0, segment.start) * 100).rounded(.toNearestOrEven))
      return String(
        format: "[%02d:%02d.%02d]", hundredths / 6_000, hundredths / 100 % 60, hundredths % 100)
        + text.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
    case .json: return ""
    }
  }

  private func milliseconds(_ seconds: Double) -> Int {
    Int((seconds * 1_000).rounded(.toNearestOrEven))
  }

  /// Minutes, seconds and thousandths, and hours where there are some or they are asked for.
  private func clock(_ seconds: Double, hours isAlways: Bool = false, mark: String = ".") -> String
  {
    let all = milliseconds(max(0, seconds))
    let (hours, minutes) = (all / 3_600_000, all / 60_000 % 60)
    let rest = String(format: "%02d:%02d\(mark)%03d", minutes, all / 1_000 % 60, all % 1_000)
    return isAlways || hours > 0 ? String(format: "%02d:", hours) + rest : rest
  }
}

/// A transcript with everything that is known, in the names of openai-whisper's JSON.
struct TranscriptReport: Encodable {
  private struct Word: Encodable {
    let word: String
    let start: Double
    let end: Double
    let probability: Double
  }

  private struct Segment: Encodable {
    let id: Int
    let seek: Int
    let start: Double
    let end: Double
    let text: String
    let tokens: [Int32]
    let temperature: Float
    let avg_logprob: Double
    let compression_ratio: Double
    let no_speech_prob: Double
    let words: [Word]?
  }

  private let file: String
  private let language: String
  private let duration: Double
  private let text: String
  private let segments: [Segment]

  init(_ transcript: Transcript, file: String) {
    self.file = file
    language = transcript.language
    duration = transcript.duration
    text = transcript.text
    segments = transcript.segments.map {
      Segment(
        id: $0.id, seek: $0.seek, start: $0.start, end: $0.end, text: $0.text, tokens: $0.tokens,
        temperature: $0.temperature, avg_logprob: $0.averageLogProbability,
        compression_ratio: $0.compressionRatio, no_speech_prob: $0.noSpeechProbability,
        words: $0.words?.map {
          Word(word: $0.text, start: $0.start, end: $0.end, probability: $0.probability)
        })
    }
  }
}
