import Bytes
import Foundation
import Testing

@testable import Media

/// openai-whisper's log-mel of a fixture, and the transform and the filters under it.
@Suite struct MelSpectrogramTests {
  private func speech() throws -> [Float] {
    try SoundDecoder.decode(path: SoundFixtures.path("speech.wav"))
  }

  /// The file has whisper's values in Float64, rounded: one unit in the last place of values around
  /// 1 is 1.2e-7, and the filters' weights may differ by as much relative to theirs.
  @Test(arguments: MelSpectrogram.bandCounts)
  func framesAreWhispers(_ bandCount: Int) throws {
    let expected = try SoundFixtures.floats(SoundFixtures.path("mel-\(bandCount).f32"))
    let frames = MelSpectrogram.frames(of: try speech(), bandCount: bandCount)
    #expect(frames.count == expected.count && frames.count == 120 * bandCount)
    let difference = zip(frames, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(difference < 5e-7, "\(difference)")
  }

  /// Whisper pads a recording with 30 s of silence, which the rule of the maximum turns into a
  /// constant.
  @Test func silenceAfterTheSoundIsAConstant() throws {
    let samples = try speech() + [Float](repeating: 0, count: 480_000)
    let frames = MelSpectrogram.frames(of: samples, bandCount: 80)
    #expect(frames.count == (19_200 + 480_000) / 160 * 80)
    let last = frames.suffix(80)
    #expect(Set(last).count == 1 && abs((frames.max() ?? 0) - (last.first ?? 0) - 2) < 1e-6)
  }

  @Test func piecesGiveTheSameBits() throws {
    let samples = try speech()
    var whole = MelSpectrogram(bandCount: 80)
    let expected = whole.append(samples) + whole.finish()
    for size in [1, 159, 160, 201, 4_000] {
      var spectrogram = MelSpectrogram(bandCount: 80)
      var frames: [Float] = []
      for start in stride(from: 0, to: samples.count, by: size) {
        frames += spectrogram.append(Array(samples[start..<min(samples.count, start + size)]))
      }
      frames += spectrogram.finish()
      #expect(frames == expected && spectrogram.maximum == whole.maximum, "pieces of \(size)")
    }
  }

  /// Every length up to two windows: n / 160 frames, finite values, the same as with reflection
  /// written out.
  @Test func shortRecordings() throws {
    let samples = try speech()
    for count in Array(0...450) + [799, 800, 801] {
      let frames = MelSpectrogram.frames(of: Array(samples.prefix(count)), bandCount: 80)
      #expect(frames.count == count / 160 * 80, "\(count)")
      #expect(frames.allSatisfy { $0.isFinite }, "\(count)")
    }
    let reflected = (1...200).reversed().map { samples[$0] } + samples
    var spectrogram = MelSpectrogram(bandCount: 80)
    let frames = spectrogram.append(samples)
    var other = MelSpectrogram(bandCount: 80)
    let shifted = other.append([Float](repeating: 0, count: 120) + reflected)
    // Frame t of the one is frame t + 2 of the other, where 120 + 200 samples come first.
    #expect(Array(frames[..<800]) == Array(shifted[160..<960]))
  }

  @Test(arguments: [2, 4, 6, 10, 12, 30, 60, 400, 480, 512])
  func theTransformIsTheSumOfItsDefinition(_ length: Int) {
    var generator = SeededGenerator(seed: 5)
    let samples = (0..<length).map { _ in
      SIMD4<Double>((0..<4).map { _ in Double.random(in: -1...1, using: &generator) })
    }
    let transform = RealFourierTransform(length: length)
    var workspace = RealFourierTransform.Workspace(transform)
    var power = [SIMD4<Double>](repeating: .zero, count: transform.binCount)
    transform.power(of: samples, &workspace, into: &power)
    for bin in 0..<transform.binCount {
      var (real, imaginary) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
      for (index, sample) in samples.enumerated() {
        let angle = -2 * Double.pi * Double(bin * index % length) / Double(length)
        real += sample * cos(angle)
        imaginary += sample * sin(angle)
      }
      let difference = power[bin] - (real * real + imaginary * imaginary)
      for lane in 0..<4 { #expect(abs(difference[lane]) < 1e-12 * Double(length), "bin \(bin)") }
    }
  }

  /// The filters have the same area, follow each other, and cover every bin above the first.
  @Test(arguments: MelSpectrogram.bandCounts)
  func filtersHaveTheSameArea(_ count: Int) {
    let filters = MelFilters(count: count, binCount: 201, sampleRate: 16_000).filters
    #expect(filters.count == count)
    var covered: Set<Int> = []
    for filter in filters {
      covered.formUnion(filter.firstBin..<filter.firstBin + filter.weights.count)
      #expect(filter.weights.allSatisfy { $0 > 0 } && !filter.weights.isEmpty)
    }
    #expect(covered == Set(1..<200), "\(Set(1..<200).symmetricDifference(covered).sorted())")
    // A triangle of area 1 Hz⁻¹ sampled every 40 Hz; wide ones are sampled well.
    #expect(abs(filters[count - 1].weights.reduce(0, +) * 40 - 1) < 0.01)
  }

  /// The values that Hugging Face publishes for a recording padded to 30 s, with four decimals.
  @Test(.enabled(if: Self.golden != nil, "needs the shared assets"))
  func firstBandIsHuggingFaces() throws {
    struct Golden: Decodable {
      struct Whisper: Decodable {
        struct Mel: Decodable {
          let audio: String
          let values: [Float]
          enum CodingKeys: String, CodingKey {
            case audio
            case values = "mel[0,:30]"
          }
        }
        let hf_mel: Mel
      }
      let whisper: Whisper
    }
    let folder = try #require(Self.golden)
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(filePath: folder + "/golden/golden.json"))
    ).whisper.hf_mel
    var samples = try SoundDecoder.decode(path: folder + "/" + golden.audio)
    samples += [Float](repeating: 0, count: 480_000 - samples.count)
    let frames = MelSpectrogram.frames(of: samples, bandCount: 80)
    #expect(golden.values.count == 30)
    for (index, value) in golden.values.enumerated() {
      #expect(abs(frames[index * 80] - value) < 1e-4, "frame \(index)")
    }
  }

  private static let golden: String? = {
    let environment = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    let beside = SoundFixtures.folder.appending(path: "../../../../shared/assets").standardized.path
    return [environment, beside].compactMap(\.self)
      .first { FileManager.default.fileExists(atPath: $0 + "/golden/golden.json") }
  }()
}
