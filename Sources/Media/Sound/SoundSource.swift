/// A file that is being decoded, at its own sample rate and with its own channels.
protocol SoundSource: AnyObject {
  /// Samples per second of each channel, inside `SoundLimits.sampleRates`.
  var sampleRate: Int { get }
  /// At least 1.
  var channelCount: Int { get }
  /// Why the sound ended before the file said it would; nil where it did not, or is not over.
  var remark: String? { get }

  /// Reads the next samples of all channels.
  ///
  /// - Parameter buffer: `[frames, channels]`, row-major, its size a multiple of the channels;
  ///   samples are nominally from -1 to 1.
  /// - Returns: the number of frames read; 0 at the end.
  /// - Throws: `SoundError`.
  func read(into buffer: inout [Float]) throws(SoundError) -> Int
}

/// One channel of several: their mean.
///
/// Samples that are not numbers or infinite, which a damaged Float32 file may have, become 0.
///
/// - Parameters:
///   - samples: `[frames, channels]`, row-major.
///   - frameCount: frames to convert.
///   - channelCount: at least 1.
/// - Returns: `frameCount` samples.
func mixedDown(_ samples: [Float], frameCount: Int, channelCount: Int) -> [Float] {
  let share = 1 / Float(channelCount)
  return (0..<frameCount).map { frame in
    var sum: Float = 0
    for channel in 0..<channelCount { sum += samples[frame * channelCount + channel] }
    let mean = channelCount == 1 ? sum : sum * share
    return mean.isFinite ? mean : 0
  }
}
