/// The text of a recording.
package struct Transcript: Sendable, Equatable {
  /// Code of the language that is spoken; empty where it was to be detected and nobody speaks.
  package var language: String
  /// The text of all segments.
  package var text: String
  package var segments: [TranscriptSegment]
  /// Seconds of the recording.
  package var duration: Double
}

/// A stretch of a transcript between two times.
package struct TranscriptSegment: Sendable, Equatable, Codable {
  /// The number in the transcript, from 0.
  package var id: Int
  /// First frame of the window that it was decoded from, in hundredths of a second.
  package var seek: Int
  /// In seconds from the beginning of the recording.
  package var start: Double
  package var end: Double
  /// As decoded, usually with a space in front; empty for a segment of no length.
  package var text: String
  /// The decoded ids, with those of times.
  package var tokens: [Int32]
  /// Of the window's decoding.
  package var temperature: Float
  /// Mean log-probability of the window's tokens.
  package var averageLogProbability: Double
  /// Size of the window's text divided by its compressed size.
  package var compressionRatio: Double
  /// Probability that nobody speaks in the window.
  package var noSpeechProbability: Double
  /// The words with their times; nil where they were not asked for.
  package var words: [TimedWord]?

  /// The segment, without its text where it has no length or nothing but white space.
  func clearedIfEmpty() -> TranscriptSegment {
    guard start == end || text.allSatisfy(\.isWhitespace) else { return self }
    var cleared = self
    (cleared.text, cleared.tokens) = ("", [])
    if words != nil { cleared.words = [] }
    return cleared
  }
}

/// A word of a segment.
package struct TimedWord: Sendable, Equatable, Codable {
  /// With its punctuation, usually with a space in front.
  package var text: String
  /// In seconds from the beginning of the recording.
  package var start: Double
  package var end: Double
  /// Mean probability of its tokens.
  package var probability: Double
}

/// An event of a transcription.
package enum TranscriptionEvent: Sendable, Equatable {
  /// The language was detected, with its probability.
  case language(code: String, probability: Double)
  /// The segments of a window, in order.
  case segments([TranscriptSegment])
  /// Seconds that are done, of all.
  case progress(seconds: Double, of: Double)
}
