import Foundation
import Testing

@testable import Media

/// The stop-band, the pass-band, the place of each result, and independence of pieces.
@Suite struct ResamplerTests {
  static let rates = [
    8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 44_101, 48_000, 88_200, 96_000, 192_000,
  ]

  private func tone(_ frequency: Double, rate: Int, seconds: Double = 0.5) -> [Float] {
    (0..<Int(seconds * Double(rate))).map {
      Float(sin(2 * Double.pi * frequency * Double($0) / Double(rate)))
    }
  }

  private func resampled(_ samples: [Float], from rate: Int) -> [Float] {
    var resampler = Resampler(from: rate, to: 16_000)
    return resampler.process(samples) + resampler.finish()
  }

  /// Without the edges, where the silence before and after is heard.
  private func middle(_ samples: [Float]) -> ArraySlice<Float> {
    samples[samples.count / 4..<samples.count * 3 / 4]
  }

  private func decibels(_ power: Double) -> Double { 10 * log10(max(power, 1e-30)) }

  private func meanSquare(_ samples: some Collection<Float>) -> Double {
    samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
  }

  /// A tone in the pass-band is the same tone at the new rate, sample by sample.
  @Test(arguments: rates) func tonesInThePassBandStay(_ rate: Int) {
    let edge = 0.925 * Double(min(rate, 16_000)) / 2
    for frequency in [100, 1_000, edge - 50] {
      let result = resampled(tone(frequency, rate: rate), from: rate)
      #expect(result.count == 8_000 || rate % 100 != 0)
      let expected = tone(frequency, rate: 16_000, seconds: Double(result.count) / 16_000)
      let difference = zip(middle(result), middle(expected)).map { $0 - $1 }
      let noise = decibels(meanSquare(difference) / 0.5)
      #expect(noise < -98, "\(frequency) Hz from \(rate) Hz: \(noise) dB")
    }
  }

  /// A tone above the new Nyquist frequency is attenuated by 100 dB; so is the image of a tone just
  /// below the old one.
  @Test(arguments: rates) func tonesInTheStopBandVanish(_ rate: Int) {
    guard rate > 16_000 else {
      let frequency = Double(rate) / 2 * 0.92
      let result = resampled(tone(frequency, rate: rate), from: rate)
      let image = Double(rate) - frequency
      #expect(power(of: image, in: middle(result)) < -100, "the image at \(image) Hz")
      return
    }
    for frequency in [8_010, 9_000, Double(rate) / 2 - 50] where frequency < Double(rate) / 2 {
      let result = resampled(tone(frequency, rate: rate), from: rate)
      let level = decibels(meanSquare(middle(result)) / 0.5)
      #expect(level < -99.5, "\(frequency) Hz from \(rate) Hz: \(level) dB")
    }
  }

  /// The power of one frequency in dB of a full tone, under a Hann window.
  private func power(of frequency: Double, in samples: ArraySlice<Float>) -> Double {
    var (real, imaginary, total) = (0.0, 0.0, 0.0)
    for (index, sample) in samples.enumerated() {
      let window = 0.5 - 0.5 * cos(2 * Double.pi * Double(index) / Double(samples.count))
      let angle = 2 * Double.pi * frequency * Double(index) / 16_000
      real += Double(sample) * window * cos(angle)
      imaginary += Double(sample) * window * sin(angle)
      total += window
    }
    return decibels(4 * (real * real + imaginary * imaginary) / (total * total))
  }

  @Test(arguments: [8_000, 44_100, 44_101, 192_000])
  func piecesGiveTheSameBits(_ rate: Int) {
    let samples = tone(440, rate: rate, seconds: 0.2)
    let whole = resampled(samples, from: rate)
    for size in [1, 7, 160, 1_000] {
      var resampler = Resampler(from: rate, to: 16_000)
      var pieces: [Float] = []
      for start in stride(from: 0, to: samples.count, by: size) {
        pieces += resampler.process(Array(samples[start..<min(samples.count, start + size)]))
      }
      pieces += resampler.finish()
      #expect(pieces == whole, "pieces of \(size)")
    }
  }

  @Test func lengthsAreThoseOfTheRatio() {
    for count in [0, 1, 2, 3, 100, 441] {
      let samples = [Float](repeating: 1, count: count)
      #expect(resampled(samples, from: 48_000).count == (count + 2) / 3)
      #expect(resampled(samples, from: 8_000).count == count * 2)
      #expect(resampled(samples, from: 16_000) == samples)
    }
    // A constant stays what it is.
    let constant = resampled([Float](repeating: 0.5, count: 44_100), from: 44_100)
    #expect(middle(constant).allSatisfy { abs($0 - 0.5) < 1e-5 })
  }
}
