/// Upper bounds on a recording, checked before memory is allocated.
package struct SoundLimits: Sendable, Equatable {
  /// Channels of the file, which become one.
  package var maximumChannelCount: Int

  /// The longest recording, in seconds.
  ///
  /// Sound is decoded as a stream, so the limit protects time and not memory: an MP3 or Ogg file of
  /// a few kilobytes can state days of silence.
  package var maximumSeconds: Int

  /// Sample rates in Hz: below, speech cannot be understood; above, no device records.
  package static let sampleRates = 1_000...768_000

  /// By default 64 channels and 24 hours.
  package init(maximumChannelCount: Int = 64, maximumSeconds: Int = 24 * 3_600) {
    self.maximumChannelCount = maximumChannelCount
    self.maximumSeconds = maximumSeconds
  }

  /// Checks what a header states.
  ///
  /// - Throws: `SoundError.channelCount` or `.sampleRate`.
  func check(channelCount: Int, sampleRate: Int) throws(SoundError) {
    guard (1...maximumChannelCount).contains(channelCount) else {
      throw .channelCount(channelCount, limit: maximumChannelCount)
    }
    guard Self.sampleRates.contains(sampleRate) else { throw .sampleRate(sampleRate) }
  }
}
