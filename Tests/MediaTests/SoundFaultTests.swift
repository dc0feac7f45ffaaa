import Bytes
import Foundation
import Testing

@testable import Media

/// Damaged, empty and misleading files: a named error, or the samples that are there.
@Suite struct SoundFaultTests {
  private func error(_ bytes: [UInt8], _ name: String = "file.wav") throws -> SoundError? {
    let scratch = try SoundFixtures.Scratch()
    let path = try scratch.write(bytes, name)
    do throws(SoundError) {
      let samples = try SoundDecoder.decode(path: path)
      #expect(samples.allSatisfy { $0.isFinite })
      return nil
    } catch {
      #expect(!error.description.isEmpty && !error.description.contains("\u{1B}"))
      return error
    }
  }

  private func wav(_ change: (inout RawWAV) -> Void) -> [UInt8] {
    var raw = RawWAV([1, 2, 3, 4])
    change(&raw)
    return raw.bytes
  }

  @Test func filesThatAreNotSoundAreNamed() throws {
    #expect(try error([]) == .empty)
    for text in ["hello", "RIFF", "RIFFxxxxWEBP", "%PDF-1.4", "{\"a\":1}", "\u{FF}\u{FB}"] {
      #expect(try error(Array(text.utf8), "song.mp3") == .unknownFormat, "\(text)")
    }
    #expect(throws: SoundError.self) { try SoundDecoder(path: "/nonexistent/file.wav") }
    #expect(throws: SoundError.self) {
      try SoundDecoder(path: FileManager.default.temporaryDirectory.path)
    }
  }

  /// The content decides, not the name.
  @Test func wrongExtensionsDoNotMatter() throws {
    let bytes = try MappedFile(path: SoundFixtures.path("mono.flac")).copyBytes()
    for name in ["a.mp3", "a.txt", "a", "a.m4a", "-i.wav", "concat:x"] {
      #expect(try error(bytes, name) == nil, "\(name)")
    }
  }

  @Test func headersThatCannotBeAreRefused() throws {
    let zero = try error(wav { $0.sampleRate = 0 })
    #expect(zero?.description.contains("0 Hz") == true, "\(String(describing: zero))")
    #expect(try error(wav { $0.sampleRate = 999 }) == .sampleRate(999))
    #expect(try error(wav { $0.sampleRate = 1_000_000 }) == .sampleRate(1_000_000))
    let negative = try error(wav { $0.sampleRate = .max })
    #expect(negative != nil, "\(String(describing: negative))")
    let many = try error(
      wav {
        $0.channelCount = 65
        $0.data = [UInt8](repeating: 0, count: 1_300)
      })
    #expect(many == .channelCount(65, limit: 64))
    for (name, bytes) in [
      ("no channels", wav { $0.channelCount = 0 }), ("0 bits", wav { $0.bitsPerSample = 0 }),
      ("an unknown format", wav { $0.formatTag = 0x1234 }),
      ("no data", wav { $0.data = [] }),
    ] {
      guard case .damaged(.wav, _)? = try error(bytes) else {
        Issue.record("\(name)")
        continue
      }
    }
  }

  @Test func whatIsThereIsDecoded() throws {
    let scratch = try SoundFixtures.Scratch()
    let short = try scratch.write(wav { $0.statedByteCount = 1_000_000 }, "short.wav")
    #expect(try SoundDecoder.decode(path: short).count == 4)
    var channels = RawWAV([Int16](repeating: 64, count: 640))
    channels.channelCount = 64
    #expect(try SoundDecoder.decode(path: scratch.write(channels.bytes, "64.wav")).count == 10)
    var floats = RawWAV()
    (floats.formatTag, floats.bitsPerSample) = (3, 32)
    floats.data = [Float.nan, .infinity, -.infinity, 1e38, 0.25].flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
    let values = try SoundDecoder.decode(path: scratch.write(floats.bytes, "nan.wav"))
    #expect(values == [0, 0, 0, 1e38, 0.25])
    #expect(MelSpectrogram.frames(of: values, bandCount: 80).isEmpty)
  }

  @Test func lengthsAreLimited() throws {
    let scratch = try SoundFixtures.Scratch()
    var raw = RawWAV([Int16](repeating: 1, count: 8_000))
    raw.sampleRate = 1_000
    let path = try scratch.write(raw.bytes)
    #expect(try SoundDecoder.decode(path: path, limits: .init(maximumSeconds: 8)).count == 128_000)
    #expect(throws: SoundError.tooLong(limitSeconds: 7)) {
      try SoundDecoder.decode(path: path, limits: .init(maximumSeconds: 7))
    }
  }

  /// Every tenth prefix and seeded changes of each file that libsndfile decodes: no crash, no hang.
  @Test(arguments: [
    "s16.wav", "f32.wav", "s16.aiff", "mono.flac", "vorbis.ogg", "opus.ogg", "mono.mp3",
  ])
  func damagedFiles(_ name: String) throws {
    let valid = try MappedFile(path: SoundFixtures.path(name)).copyBytes()
    let scratch = try SoundFixtures.Scratch()
    var (refused, decoded) = (0, 0)
    func attempt(_ bytes: [UInt8]) throws {
      let path = try scratch.write(bytes)
      do throws(SoundError) {
        let limits = SoundLimits(maximumSeconds: 60)
        #expect(try SoundDecoder.decode(path: path, limits: limits).allSatisfy { $0.isFinite })
        decoded += 1
      } catch {
        refused += 1
      }
    }
    for byteCount in stride(from: 1, to: valid.count, by: max(1, valid.count / 60)) {
      try attempt(Array(valid.prefix(byteCount)))
    }
    var generator = SeededGenerator(seed: 11)
    for round in 0..<120 {
      var bytes = valid
      for _ in 0..<(1 + round % 4) {
        // Half of the changes in the header.
        let limit = round % 2 == 0 ? min(64, bytes.count) : bytes.count
        bytes[Int.random(in: 0..<limit, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      try attempt(bytes)
    }
    print("\(name): \(refused) refused, \(decoded) decoded")
    // A page of Ogg has a checksum, and these files have few pages.
    #expect(refused > 0 && (decoded > 0 || name.hasSuffix(".ogg")))
  }

  @Test(.enabled(if: SoundFixtures.hasFFmpeg, "needs ffmpeg"))
  func damagedFilesOfFFmpeg() throws {
    #expect(
      throws: SoundError.noSound(.mp4)
    ) { try SoundDecoder(path: SoundFixtures.path("silent-video.mp4")) }
    for name in ["aac.m4a", "opus.webm", "video.mp4", "wma.wma"] {
      let valid = try MappedFile(path: SoundFixtures.path(name)).copyBytes()
      for share in [0.1, 0.4, 0.7] {
        _ = try error(Array(valid.prefix(Int(Double(valid.count) * share))), "cut")
      }
    }
    // A playlist is not a recording, whatever it is called.
    let playlist = "#EXTM3U\nhttp://127.0.0.1:9/x.ts\n"
    #expect(try error(Array(playlist.utf8), "list.mp4") == .unknownFormat)
  }

  /// A pipe without a writer, which ffmpeg waits for.
  @Test(.enabled(if: SoundFixtures.hasFFmpeg, "needs ffmpeg"), .timeLimit(.minutes(1)))
  func aStalledFFmpegIsStopped() throws {
    let scratch = try SoundFixtures.Scratch()
    let path = scratch.folder.appending(path: "pipe").path
    #expect(mkfifo(path, 0o600) == 0)
    let error = SoundError.decoderEnded("it gave nothing for 1 s")
    #expect(throws: error) {
      try FFmpegSource(path: path, format: .mp4, limits: SoundLimits(), stallSeconds: 1)
    }
  }

  @Test func aMissingProgramIsNamed() throws {
    #expect(SoundError.needsFFmpeg(.mp4).description.contains("apt-get install ffmpeg"))
    #expect(SoundError.needsFFmpeg(.mp4).category == .unavailable)
  }

  @Test func streamHeadersArriveInPieces() throws {
    var raw = RawWAV()
    (raw.formatTag, raw.bitsPerSample, raw.channelCount, raw.sampleRate) = (3, 32, 2, 44_100)
    raw.statedByteCount = .max
    let bytes = raw.bytes
    for count in 0..<44 {
      #expect(try WAVStreamHeader(Array(bytes.prefix(count)), format: .mp4) == nil, "\(count)")
    }
    let header = try #require(try WAVStreamHeader(bytes, format: .mp4))
    #expect(header.sampleRate == 44_100 && header.channelCount == 2 && header.dataOffset == 44)
    raw.formatTag = 1
    #expect(throws: SoundError.self) { try WAVStreamHeader(raw.bytes, format: .mp4) }
    #expect(throws: SoundError.self) {
      try WAVStreamHeader([UInt8](repeating: 0x61, count: 44), format: .mp4)
    }
  }
}
