import Bytes
import Foundation
import Generation
import Media
import Testing

@testable import SwiftRAG

/// Inputs that are not good recordings: an error that says why, or all that they have.
@Suite struct TranscriptionFaultTests {
  /// The expected answer to an input.
  private enum Outcome: Equatable {
    /// An error that contains the text.
    case error(String)
    /// Frames of sound, and whether somebody speaks.
    case frames(ClosedRange<Int>, speech: Bool)
  }

  private struct Input {
    var name: String
    var bytes: [UInt8]
    var outcome: Outcome
  }

  /// A WAV file whose header may be false.
  private static func wave(
    _ samples: [Int16], rate: UInt32 = 16_000, channels: UInt16 = 1, bits: UInt16 = 16,
    tag: UInt16 = 1, stated: Int? = nil, data: [UInt8]? = nil
  ) -> [UInt8] {
    let data =
      data
      ?? samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    var builder = ByteBuilder()
    builder.append(bytes: "RIFF".utf8)
    builder.append(UInt32(truncatingIfNeeded: 36 + data.count))
    builder.append(bytes: "WAVEfmt ".utf8)
    builder.append(UInt32(16))
    builder.append(tag)
    builder.append(channels)
    builder.append(rate)
    let block = channels &* (bits / 8)
    builder.append(rate &* UInt32(block))
    builder.append(block)
    builder.append(bits)
    builder.append(bytes: "data".utf8)
    builder.append(UInt32(truncatingIfNeeded: stated ?? data.count))
    builder.append(bytes: data)
    return builder.bytes
  }

  private static func inputs() throws -> [Input] {
    let speech = try SpeechFixtures.samples()
    let wav = wave(speech)
    let silence = [Int16](repeating: 0, count: 32_000)
    func error(_ name: String, _ bytes: [UInt8], _ text: String) -> Input {
      Input(name: name, bytes: bytes, outcome: .error(text))
    }
    func sound(_ name: String, _ bytes: [UInt8], _ frames: Int, speech: Bool) -> Input {
      Input(
        name: name, bytes: bytes, outcome: .frames(max(0, frames - 2)...frames + 2, speech: speech))
    }
    var inputs = [
      error("empty", [], "empty"), error("a byte", [0], "not a recording"),
      error("text.wav", Array("Dear Sir".utf8), "not a recording"),
      error("page.mp3", Array("<html></html>".utf8), "not a recording"),
      error(
        "picture.wav", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 0, 0, 0, 0, 0],
        "not a recording"),
      error("zeros.flac", [UInt8](repeating: 0, count: 4_096), "not a recording"),
      error("0 Hz", wave(speech, rate: 0), "0 Hz"),
      error("1 Hz", wave(speech, rate: 1), "samples per second"),
      error("900 Hz", wave(speech, rate: 900), "samples per second"),
      error("4 GHz", wave(speech, rate: .max), "0 Hz"),
      error("0 channels", wave(speech, channels: 0), "is zero"),
      error(
        "65 channels", wave([Int16](repeating: 1, count: 65 * 160), channels: 65), "65 channels"),
      error("no samples", wave([]), "no samples"),
      error("an unknown tag", wave(speech, tag: 0x1234), "damaged"),
      error("0 bits", wave(speech, bits: 0), "damaged"),
      error("a FLAC's first bytes", Array("fLaC".utf8), "damaged"),
      error(
        "an Ogg's first bytes", Array("OggS".utf8) + [UInt8](repeating: 0, count: 60), "damaged"),
      error("an MP3's tag alone", Array("ID3".utf8) + [UInt8](repeating: 0, count: 60), "damaged"),
      sound("speech", wav, 250, speech: true),
      sound("speech.mp3, which is WAV", wav, 250, speech: true),
      sound("a size that is too large", wave(speech, stated: 1 << 30), 250, speech: true),
      sound("the size of a stream", wave(speech, stated: 0xFFFF_FFFF), 250, speech: true),
      sound("bytes after the end", wav + Array("trailing".utf8), 250, speech: true),
      sound("an odd byte", wave(speech, data: Array(wav.dropFirst(44)) + [1]), 250, speech: true),
      sound("a second of silence", wave(Array(silence.prefix(16_000))), 100, speech: false),
      sound("one sample", wave([5]), 0, speech: false),
      sound("159 samples", wave([Int16](repeating: 9, count: 159)), 0, speech: false),
      sound("a constant", wave([Int16](repeating: 12_000, count: 32_000)), 200, speech: false),
      sound(
        "full scale", wave(silence.indices.map { $0 % 7 < 3 ? .max : .min }), 200, speech: false),
      sound("an impulse", wave(silence.indices.map { $0 == 9_000 ? .max : 0 }), 200, speech: false),
      sound("clipped speech", wave(speech.map { $0 > 0 ? .max : .min }), 250, speech: true),
      sound("loud speech", wave(speech.map { Int16(clamping: Int($0) * 8) }), 250, speech: true),
      sound("quiet speech", wave(speech.map { $0 / 8 }), 250, speech: true),
      sound(
        "64 channels", wave(speech.flatMap { [Int16](repeating: $0, count: 64) }, channels: 64),
        250,
        speech: true),
      sound(
        "speech on one of two", wave(speech.flatMap { [$0, 0] }, channels: 2), 250, speech: true),
      sound(
        "opposite channels", wave(speech.flatMap { [$0, 0 &- $0] }, channels: 2), 250, speech: false
      ),
      sound("48 kHz", wave(speech.flatMap { [$0, $0, $0] }, rate: 48_000), 250, speech: true),
      sound(
        "8 kHz", wave(stride(from: 0, to: speech.count, by: 2).map { speech[$0] }, rate: 8_000),
        250, speech: true),
      sound("16 kHz stated as 44.1", wave(silence, rate: 44_100), 72, speech: false),
      sound(
        "numbers that are none",
        wave([], bits: 32, tag: 3, data: [UInt8](repeating: 0xFF, count: 64_000)), 100,
        speech: false),
    ]
    // What is left of a file that was cut: an error, or the samples before the cut.
    for count in [11, 12, 20, 35, 43, 44] {
      inputs.append(error("cut at \(count)", Array(wav.prefix(count)), ""))
    }
    for seconds in 1...4 {
      let cut = Array(wav.prefix(44 + seconds * 16_000 + 1))
      inputs.append(
        sound("cut after \(seconds) half seconds", cut, seconds * 50, speech: seconds > 1))
    }
    for position in [0, 4, 8, 12, 16, 20, 22, 24, 34, 36] {
      var damaged = wav
      damaged[position] ^= 0xA5
      // Any answer but a crash; which one depends on the field.
      inputs.append(
        Input(
          name: "byte \(position)", bytes: damaged,
          outcome: .frames(0...100_000, speech: true)))
    }
    return inputs
  }

  @Test func everyInputHasAnAnswer() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-faults-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (inputs, model) = (try Self.inputs(), try SpeechFixtures.silero())
    #expect(inputs.count >= 60)
    for input in inputs {
      let path = folder.appending(path: "recording").path()
      try Data(input.bytes).write(to: URL(filePath: path))
      var found: Outcome
      do {
        let recording = try Recording(bandCount: 80, detector: SileroSpeechDetector(model)) {
          try SoundDecoder(path: path)
        }
        let frames = try recording.frames(0..<100)
        #expect(frames.count == 8_000 && frames.allSatisfy { $0.isFinite }, "\(input.name)")
        found = .frames(
          recording.contentFrameCount...recording.contentFrameCount,
          speech: recording.speech?.isEmpty == false)
      } catch let error as SoundError {
        found = .error(error.description)
      }
      switch (input.outcome, found) {
      case (.error(let expected), .error(let message)):
        #expect(expected.isEmpty || message.contains(expected), "\(input.name): \(message)")
        #expect(!message.isEmpty && !message.contains("\n\n"))
      case (.frames(let expected, let speech), .frames(let count, let spoken)):
        #expect(expected.contains(count.lowerBound), "\(input.name): \(count.lowerBound)")
        if expected.upperBound < 100_000 { #expect(speech == spoken, "\(input.name)") }
      case (.frames(let expected, _), .error(let message)):
        #expect(expected.upperBound == 100_000, "\(input.name): \(message)")
      case (.error, .frames): Issue.record("\(input.name): \(found)")
      }
    }
  }

  /// An hour with speech in its middle: memory for a window, and 2.5 seconds to decode.
  @Test func anHour() throws {
    final class Hour: SoundStream {
      let format = SoundFormat.wav
      let (fileSampleRate, fileChannelCount) = (16_000, 1)
      let remark: String? = nil
      var seconds = 0.0
      let speech: [Float]
      init(_ speech: [Float]) { self.speech = speech }
      func next() -> [Float]? {
        guard seconds < 3_600 else { return nil }
        defer { seconds += 10 }
        let silence = [Float](repeating: 0, count: 160_000)
        return seconds == 1_800 ? Array((speech + silence).prefix(160_000)) : silence
      }
    }
    let speech = try SpeechFixtures.samples().map { Float($0) / 32_768 }
    let model = try SpeechFixtures.silero()
    let recording = try Recording(bandCount: 80, detector: SileroSpeechDetector(model)) {
      Hour(speech)
    }
    #expect(recording.contentFrameCount == 360_000)
    let parts = try #require(recording.speech)
    #expect(parts.count == 1 && parts[0].count < 300)
    #expect((180_000 - 60...180_060).contains(parts[0].lowerBound))
    #expect(try recording.frames(parts[0]).count == parts[0].count * 80)
  }
}
