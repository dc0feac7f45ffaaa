/// A recording as a stream of samples at 16 kHz in one channel, whatever the file has.
package protocol SoundStream: AnyObject {
  /// The container of the file.
  var format: SoundFormat { get }
  /// The file's own rate in Hz.
  var fileSampleRate: Int { get }
  /// The channels of the file.
  var fileChannelCount: Int { get }
  /// Seconds read so far.
  var seconds: Double { get }
  /// Why the sound ended before the file said it would; nil where it did not, or is not over.
  var remark: String? { get }

  /// The next samples, from -1 to 1, at least one; nil after the last.
  ///
  /// - Throws: `SoundError`.
  func next() throws(SoundError) -> [Float]?
}
