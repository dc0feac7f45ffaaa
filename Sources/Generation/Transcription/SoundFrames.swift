/// A recording as log-mel frames of 10 ms, followed by 30 seconds of silence.
///
/// The silence is part of the recording when its mels are computed, as in openai-whisper, so that
/// the last window and a short recording look like those that the model was trained with.
package protocol SoundFrames {
  /// Bands of a frame.
  var bandCount: Int { get }
  /// Frames of the recording without the silence.
  var contentFrameCount: Int { get }
  /// Some frames, `[frames, bandCount]`, row-major.
  ///
  /// - Parameter range: within the recording and 3,000 frames of silence.
  /// - Returns: as many rows as the range has frames.
  /// - Throws: what reading the recording throws.
  func frames(_ range: Range<Int>) throws -> [Float]
  /// The frames in which somebody speaks, in order and apart; nil where that is not known.
  var speech: [Range<Int>]? { get }
}

extension SoundFrames {
  /// Not known.
  package var speech: [Range<Int>]? { nil }

  /// Seconds of the recording.
  package var duration: Double { FrameTime.seconds(contentFrameCount) }
}

/// Frames of sound and their times.
enum FrameTime {
  /// Frames per second.
  private static let rate = 100.0

  /// The time at which a frame begins, or the length of as many frames.
  static func seconds(_ frames: Int) -> Double { Double(frames) / rate }

  /// The frame that begins nearest to a time.
  static func frame(_ seconds: Double) -> Int {
    Int((seconds * rate).rounded(.toNearestOrEven))
  }
}
