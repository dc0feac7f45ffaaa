import Media

extension MelSpectrogram {
  /// Bands of Whisper's models up to large-v2, and of large-v3 and turbo.
  static let bandCounts = [80, 128]

  /// The normalised frames of a whole recording, `[frames, bandCount]`, row-major.
  static func frames(of samples: [Float], bandCount: Int) -> [Float] {
    var spectrogram = MelSpectrogram(bandCount: bandCount)
    var frames = spectrogram.append(samples)
    frames += spectrogram.finish()
    normalize(&frames, maximum: spectrogram.maximum)
    return frames
  }
}
