/// The position of a transcription after a window, with all that the next window depends on.
///
/// It continues an interrupted transcription to the same segments as without the interruption.
package struct TranscriptionPosition: Sendable, Equatable, Codable {
  /// Code of the language; it is not detected again.
  package var language: String
  /// The next frame, and the clip that it belongs to.
  package var seek: Int
  package var clip: Int
  /// Windows so far, on which the draws of the next depend.
  package var windowCount: Int
  /// The tokens that the next window continues, as many as it can see.
  package var prompt: [Int32]
  /// The end of the last word, in seconds.
  package var lastSpeech: Double
}

/// An interrupted transcription.
package struct TranscriptionState: Sendable, Equatable {
  package var position: TranscriptionPosition
  /// All segments so far, for the transcript; those that follow do not depend on them.
  package var segments: [TranscriptSegment]

  package init(position: TranscriptionPosition, segments: [TranscriptSegment] = []) {
    self.position = position
    self.segments = segments
  }
}
