import Bytes
import Foundation
import Testing

@testable import Media

/// Each format gives the signal that it was made from.
@Suite struct SoundDecodingTests {
  private func samples(_ name: String) throws -> [Float] {
    try SoundDecoder.decode(path: SoundFixtures.path(name))
  }

  @Test(
    arguments: [
      ("s16.wav", 0), ("s24.wav", 0), ("s32.wav", 0), ("f32.wav", 0), ("f64.wav", 0),
      ("s16.aiff", 0), ("mono.flac", 0), ("stereo.wav", 0), ("stereo.flac", 0),
      // Half a step of 8 bits; a step of A-law at full scale.
      ("u8.wav", 1 / 128.0), ("alaw.wav", 1 / 32.0),
    ] as [(String, Float)])
  func losslessFormatsGiveTheSamples(_ name: String, _ tolerance: Float) throws {
    let expected = try samples("s16.wav")
    let found = try samples(name)
    #expect(expected.count == 4_000 && found.count == expected.count)
    let difference = zip(expected, found).map { abs($0 - $1) }.max() ?? 1
    #expect(difference <= tolerance, "\(difference)")
  }

  @Test func sixteenBitsAreDividedByFullScale() throws {
    let scratch = try SoundFixtures.Scratch()
    let path = try scratch.write(RawWAV([0, 1, -1, 16_384, 32_767, -32_768]).bytes)
    #expect(
      try SoundDecoder.decode(path: path)
        == [0, 1 / 32_768, -1 / 32_768, 0.5, 32_767 / 32_768, -1])
  }

  /// ffmpeg puts a mono signal into the centre of 5.1 only, so the mean is a sixth of it.
  @Test func channelsAreAveraged() throws {
    let (mono, six) = (try samples("s16.wav"), try samples("six-channels.wav"))
    for (one, other) in zip(mono, six) { #expect(abs(one / 6 - other) < 1e-6) }
    var raw = RawWAV([100, 300, -100, 100])
    raw.channelCount = 2
    let scratch = try SoundFixtures.Scratch()
    #expect(
      try SoundDecoder.decode(path: scratch.write(raw.bytes)) == [200 / 32_768, 0])
  }

  @Test(arguments: ["vorbis.ogg", "opus.ogg", "mono.mp3"])
  func lossyFormatsResembleTheSignal(_ name: String) throws {
    try expectResemblance(name)
  }

  @Test(
    .enabled(if: SoundFixtures.hasFFmpeg, "needs ffmpeg"),
    arguments: ["aac.m4a", "aac.adts", "opus.webm", "wma.wma", "mp3.avi", "video.mp4"])
  func formatsOfFFmpegResembleTheSignal(_ name: String) throws {
    try expectResemblance(name)
  }

  /// The greatest correlation of the signal with the decoded samples over the delays of codecs.
  private func expectResemblance(_ name: String) throws {
    let expected = try samples("s16.wav")
    let found = try samples(name)
    #expect(abs(found.count - expected.count) < 4_000, "\(found.count) samples")
    func energy(_ values: some Collection<Float>) -> Float { values.reduce(0) { $0 + $1 * $1 } }
    // The middle of the signal, away from where codecs begin and end.
    let part = Array(expected[1_000..<3_000])
    var best: Float = 0
    for delay in 0...max(0, found.count - part.count) {
      let piece = found[delay..<delay + part.count]
      let product = zip(part, piece).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      best = max(best, product / (energy(part) * energy(piece)).squareRoot())
    }
    #expect(best > 0.95, "\(name): \(best)")
  }

  @Test func blocksAreBounded() throws {
    let scratch = try SoundFixtures.Scratch()
    let path = try scratch.write(RawWAV([Int16](repeating: 5, count: 200_000)).bytes)
    let decoder = try SoundDecoder(path: path)
    #expect(decoder.format == .wav && decoder.fileSampleRate == 16_000)
    var total = 0
    while let block = try decoder.next() {
      #expect(!block.isEmpty && block.count <= 16_384)
      total += block.count
    }
    #expect(total == 200_000 && decoder.seconds == 12.5 && decoder.remark == nil)
    #expect(try decoder.next() == nil)
  }
}
