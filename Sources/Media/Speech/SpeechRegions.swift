/// The parts of a recording in which somebody speaks, from the probabilities of its frames.
///
/// A part begins with a frame of at least 0.5 and ends where the frames stay below 0.35 for 0.3
/// seconds; parts shorter than 0.25 seconds are noises. Parts are extended on both sides, since
/// consonants are quiet, and joined where they then meet.
///
/// ```swift
/// var regions = SpeechRegions()
/// while let samples = try stream.next() { regions.append(detector.append(samples)) }
/// regions.append(detector.finish())
/// for part in regions.finish(sampleCount: count) { … }   // samples at 16 kHz
/// ```
///
/// - Source: Silero VAD 6.2, `get_speech_timestamps`, with the padding of faster-whisper 1.2.1.
package struct SpeechRegions: Sendable {
  /// Probability of a frame that begins a part.
  private static let startThreshold: Float = 0.5
  /// Probability below which a frame may end a part.
  private static let endThreshold: Float = 0.35
  /// Seconds of the shortest part.
  private static let minimumSpeech = 0.25
  /// Seconds of silence that end a part.
  private static let minimumSilence = 0.3
  /// Seconds that are added before and after a part.
  var padding = 0.4

  /// Parts that have ended, in frames.
  private var parts: [Range<Int>] = []
  /// The first frame of the current part.
  private var start: Int?
  /// The first of the quiet frames at the end of the current part.
  private var quiet: Int?
  private var frameCount = 0

  package init() {}

  /// Seconds of a frame.
  private static let frameSeconds =
    Double(EnergySpeechDetector.frameLength) / Double(SoundDecoder.sampleRate)

  /// Takes the probabilities of the next frames.
  package mutating func append(_ probabilities: [Float]) {
    for probability in probabilities {
      if let start {
        if probability >= Self.endThreshold {
          quiet = nil
        } else {
          let first = quiet ?? frameCount
          quiet = first
          if Double(frameCount + 1 - first) * Self.frameSeconds >= Self.minimumSilence {
            end(start..<first)
          }
        }
      } else if probability >= Self.startThreshold {
        start = frameCount
      }
      frameCount += 1
    }
  }

  private mutating func end(_ part: Range<Int>) {
    if Double(part.count) * Self.frameSeconds >= Self.minimumSpeech { parts.append(part) }
    (start, quiet) = (nil, nil)
  }

  /// Ends the recording.
  ///
  /// - Parameter sampleCount: its samples at 16 kHz.
  /// - Returns: the parts with speech, in samples, in order, with gaps between them.
  package mutating func finish(sampleCount: Int) -> [Range<Int>] {
    if let start { end(start..<(quiet ?? frameCount)) }
    let pad = Int(padding * Double(SoundDecoder.sampleRate))
    let frameLength = EnergySpeechDetector.frameLength
    var regions: [Range<Int>] = []
    for part in parts {
      let lower = max(0, part.lowerBound * frameLength - pad)
      let upper = min(sampleCount, part.upperBound * frameLength + pad)
      guard lower < upper else { continue }
      if let last = regions.last, lower <= last.upperBound {
        regions[regions.count - 1] = last.lowerBound..<max(last.upperBound, upper)
      } else {
        regions.append(lower..<upper)
      }
    }
    return regions
  }
}
