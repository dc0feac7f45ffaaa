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

  /// Frames per second.
  package static var frameRate: Double { 100 }

  /// Seconds of the recording.
  package var duration: Double { Double(contentFrameCount) / Self.frameRate }
}

/// Frames in memory.
package struct MelFrames: SoundFrames, Sendable {
  package let bandCount: Int
  package let contentFrameCount: Int
  private let values: [Float]

  /// - Parameters:
  ///   - values: `[contentFrameCount + silence, bandCount]`, row-major.
  ///   - bandCount: at least 1.
  ///   - contentFrameCount: frames before the silence.
  /// - Precondition: there are at least `contentFrameCount` frames.
  package init(values: [Float], bandCount: Int, contentFrameCount: Int) {
    precondition(values.count >= contentFrameCount * bandCount, "frames are missing")
    self.values = values
    self.bandCount = bandCount
    self.contentFrameCount = contentFrameCount
  }

  /// Frames that do not exist are zeros.
  package func frames(_ range: Range<Int>) -> [Float] {
    let end = min(values.count, range.upperBound * bandCount)
    let start = min(end, range.lowerBound * bandCount)
    let missing = range.count * bandCount - (end - start)
    return values[start..<end] + [Float](repeating: 0, count: missing)
  }
}
