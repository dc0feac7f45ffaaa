import Foundation
import Media
import Testing

@testable import SwiftRAG

/// Recordings in windows, and what in them is speech.
@Suite struct RecordingTests {
  /// Samples as a file would give them.
  private final class Samples: SoundStream {
    let format = SoundFormat.wav
    let (fileSampleRate, fileChannelCount) = (16_000, 1)
    let remark: String? = nil
    var seconds: Double { Double(position) / 16_000 }
    private let samples: [Float]
    private var position = 0

    init(_ samples: [Float]) { self.samples = samples }

    func next() -> [Float]? {
      guard position < samples.count else { return nil }
      let end = min(samples.count, position + 12_345)
      defer { position = end }
      return Array(samples[position..<end])
    }
  }

  private static func sound(_ seconds: Double, _ value: (Double, Double) -> Double) -> [Float] {
    var state = 1
    return (0..<Int(seconds * 16_000)).map { index in
      state = (state * 1_103_515_245 + 12_345) % (1 << 31)
      let noise = Double(state / 65_536) / 16_384 - 1
      return Float(max(-1, min(1, value(Double(index) / 16_000, noise))))
    }
  }

  /// Windows in any order, kept in memory or read again, are those of the whole recording.
  @Test(arguments: [true, false]) func framesHaveTheSameBits(_ isKept: Bool) throws {
    let samples = Self.sound(70) { time, noise in
      0.3 * sin(time * (900 + 50 * time)) * (time < 20 ? 1 : 0.01) + 0.001 * noise
    }
    var spectrogram = MelSpectrogram(bandCount: 80)
    var whole = spectrogram.append(samples + [Float](repeating: 0, count: 480_000))
    whole += spectrogram.finish()
    MelSpectrogram.normalize(&whole, maximum: spectrogram.maximum)
    func expected(_ range: Range<Int>) -> [Float] {
      Array(whole[range.lowerBound * 80..<range.upperBound * 80])
    }
    var openCount = 0
    let recording = try Recording(bandCount: 80, keptSeconds: isKept ? 300 : 10) {
      openCount += 1
      return Samples(samples)
    }
    #expect(recording.contentFrameCount == 7_000)
    for range in [0..<3_000, 0..<3_000, 100..<3_100, 2_950..<5_000, 6_500..<9_500, 6_900..<7_000] {
      #expect(try recording.frames(range) == expected(range), "\(range)")
    }
    #expect(try recording.frames(20..<50) == expected(20..<50))
    // The pass at the beginning, and one for each return.
    #expect(openCount == (isKept ? 1 : 3))
  }

  @Test func noSamples() throws {
    let recording = try Recording(bandCount: 80, detector: EnergySpeechDetector()) { Samples([]) }
    #expect(recording.contentFrameCount == 0 && recording.speech == [])
  }

  private static func beat(_ time: Double, _ period: Double, _ decay: Double) -> Double {
    exp(-time.truncatingRemainder(dividingBy: period) * decay)
  }

  /// Sounds in which nobody speaks: nothing is decoded, so no sentence can be invented.
  enum Silent: String, CaseIterable {
    case silence, room, noise, loudNoise, hum, tone, clicks, drums, chords, bass, waves, dialling

    func value(_ time: Double, _ noise: Double) -> Double {
      switch self {
      case .silence: return 0
      case .room: return 0.001 * noise
      case .noise: return 0.1 * noise
      case .loudNoise: return 0.9 * noise
      case .hum: return 0.3 * sin(314 * time) + 0.1 * sin(942 * time)
      case .tone: return 0.3 * sin(2_765 * time)
      case .clicks: return time.truncatingRemainder(dividingBy: 0.25) < 0.001 ? 0.5 : 0
      case .drums: return 0.5 * noise * RecordingTests.beat(time, 0.5, 20)
      case .chords:
        let sum = sin(1_643 * time) + sin(2_071 * time) + sin(2_463 * time) + sin(3_286 * time)
        return 0.1 * sum * RecordingTests.beat(time, 0.5, 3)
      case .bass: return (sin(415 * time) > 0 ? 0.4 : -0.4) * RecordingTests.beat(time, 0.5, 4)
      case .waves: return 0.2 * noise * (1 + sin(1.5 * time))
      case .dialling:
        let isOn = time.truncatingRemainder(dividingBy: 0.3) < 0.15
        return isOn ? 0.2 * (sin(4_838 * time) + sin(8_394 * time)) : 0
      }
    }

    var samples: [Float] { RecordingTests.sound(12, value) }
  }

  private func silero() throws -> SileroSpeechDetector {
    SileroSpeechDetector(try SpeechFixtures.silero())
  }

  @Test(arguments: Silent.allCases) func nobodySpeaks(_ kind: Silent) throws {
    let samples = kind.samples
    let recording = try Recording(bandCount: 80, detector: silero()) { Samples(samples) }
    #expect(recording.speech == [])
  }

  /// A sentence of 2.5 seconds after 10 seconds of each sound, and before 10.
  @Test(arguments: [Silent.silence, .room, .noise, .hum, .drums, .chords])
  func aSentenceIsFound(_ kind: Silent) throws {
    let speech = try SpeechFixtures.samples().map { Float($0) / 32_768 }
    let around = kind.samples.prefix(160_000)
    let recording = try Recording(bandCount: 80, detector: silero()) {
      Samples(around + speech + around)
    }
    let part = try #require(recording.speech?.first)
    #expect(recording.speech?.count == 1)
    // The words are at 10.3 to 12.2 seconds, and 0.4 are added.
    #expect((970...1_000).contains(part.lowerBound) && (1_240...1_290).contains(part.upperBound))
  }
}
