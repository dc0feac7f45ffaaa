import Media

extension SoundDecoder {
  /// All samples of a file.
  static func decode(
    path: String, limits: SoundLimits = SoundLimits()
  ) throws(SoundError) -> [Float] {
    let decoder = try SoundDecoder(path: path, limits: limits)
    var samples: [Float] = []
    while let more = try decoder.next() { samples += more }
    return samples
  }
}
