import Testing

@testable import Media

/// The parts of a recording with speech, from probabilities and from energy.
@Suite struct SpeechTests {
  private static let frame = EnergySpeechDetector.frameLength

  private func regions(_ parts: [(Float, Int)], padding: Double = 0) -> [Range<Int>] {
    var regions = SpeechRegions()
    regions.padding = padding
    for (probability, count) in parts {
      regions.append([Float](repeating: probability, count: count))
    }
    let total = parts.reduce(0) { $0 + $1.1 }
    return regions.finish(sampleCount: total * Self.frame).map {
      $0.lowerBound / Self.frame..<$0.upperBound / Self.frame
    }
  }

  @Test func partsBeginAndEndByTheirThresholds() {
    #expect(regions([(0, 50)]) == [])
    #expect(regions([]) == [])
    #expect(regions([(0, 20), (0.9, 30), (0, 20)]) == [20..<50])
    // Between the thresholds a part goes on but does not begin.
    #expect(regions([(0.4, 20), (0.9, 10), (0.4, 20), (0, 20)]) == [20..<50])
    // A noise of a fifth of a second, and a pause of as much.
    #expect(regions([(0, 20), (0.9, 6), (0, 20)]) == [])
    #expect(regions([(0, 20), (0.9, 20), (0, 6), (0.9, 20), (0, 20)]) == [20..<66])
    #expect(regions([(0, 20), (0.9, 20), (0, 20), (0.9, 20)]) == [20..<40, 60..<80])
  }

  @Test func paddingStaysInTheRecordingAndJoinsParts() {
    #expect(regions([(0.9, 20), (0, 40), (0.9, 20)], padding: 0.32) == [0..<30, 50..<80])
    #expect(regions([(0.9, 20), (0, 15), (0.9, 20)], padding: 0.32) == [0..<55])
  }

  private func energyRegions(_ samples: [Float]) -> [Range<Int>] {
    let detector = EnergySpeechDetector()
    var regions = SpeechRegions()
    regions.append(detector.append(Array(samples.prefix(1_001))))
    regions.append(detector.append(Array(samples.dropFirst(1_001))))
    regions.append(detector.finish())
    return regions.finish(sampleCount: samples.count)
  }

  private func noise(_ count: Int, _ amplitude: Float) -> [Float] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).map { _ in Float.random(in: -amplitude...amplitude, using: &generator) }
  }

  @Test(arguments: [Float(0), 0.001, 0.05, 0.9]) func steadySoundIsNotSpeech(_ amplitude: Float) {
    #expect(energyRegions(noise(16_000 * 20, amplitude)) == [])
  }

  @Test func humIsNotSpeech() {
    let hum = (0..<16_000 * 10).map { ($0 / 160).isMultiple(of: 2) ? Float(0.3) : -0.3 }
    #expect(energyRegions(hum) == [])
  }

  @Test func loudPartsAreFoundInNoise() throws {
    var samples = noise(16_000 * 20, 0.01)
    for index in 16_000 * 8..<16_000 * 11 where (index / 2_000).isMultiple(of: 2) {
      samples[index] *= 10
    }
    let found = energyRegions(samples)
    let part = try #require(found.first)
    #expect(found.count == 1)
    #expect(abs(Double(part.lowerBound) / 16_000 - 7.6) < 0.15)
    #expect(abs(Double(part.upperBound) / 16_000 - 11.3) < 0.25)
  }

  @Test func noSamples() { #expect(energyRegions([]) == []) }

  /// The maximum without most transforms is that of all frames, for sounds of any kind.
  @Test(arguments: [80, 128]) func maximumHasTheSameBits(_ bands: Int) {
    let quiet = noise(30_000, 0.001)
    for samples in [
      quiet, quiet + noise(500, 0.8) + quiet, noise(48_000, 0.3),
      [Float](repeating: 0, count: 9_000),
      (0..<40_000).map { Float($0 % 97) / 97 - 0.5 } + quiet,
    ] {
      var spectrogram = MelSpectrogram(bandCount: bands)
      _ = spectrogram.append(samples)
      _ = spectrogram.finish()
      var maximum = MelMaximum(bandCount: bands)
      for start in stride(from: 0, to: samples.count, by: 7_001) {
        maximum.append(Array(samples[start..<min(samples.count, start + 7_001)]))
      }
      #expect(maximum.finish() == spectrogram.maximum)
    }
  }
}
