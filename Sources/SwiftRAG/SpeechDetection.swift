internal import Media
internal import Models

/// The ways to find the parts of a recording in which somebody speaks.
package enum SpeechDetection: String, Sendable, CaseIterable {
  /// Everything is decoded, as openai-whisper does.
  case off
  /// Parts that are louder than the background; ``EnergySpeechDetector``.
  case energy
  /// Silero's trained detector, which tells speech from music and noise; ``SileroModel``.
  case silero
}

/// Silero's detector for one recording.
final class SileroSpeechDetector: SpeechDetector {
  private let session: SileroSession

  init(_ model: SileroModel) { session = SileroSession(model) }

  func append(_ samples: [Float]) -> [Float] { session.append(samples) }

  func finish() -> [Float] { session.finish() }
}
