import Foundation
import Testing

@testable import Media

/// The messages between a process that decodes sound and its parent.
@Suite struct SoundMessageTests {
  private static let errors: [SoundError] = [
    .empty, .unknownFormat, .channelCount(65, limit: 64), .sampleRate(0), .tooLong(limitSeconds: 9),
    .damaged(.flac, detail: "naïve"), .noSound(.mp4), .needsFFmpeg(.avi), .unreadable("a"),
    .decoderEnded("b"),
  ]

  private static let messages: [SoundMessage] =
    [
      .header(.wav, sampleRate: 44_100, channelCount: 2), .samples([0, -1, 0.25]), .samples([]),
      .end(remark: nil), .end(remark: "cut short"),
    ] + errors.map { .failure($0) }

  private func parsed(_ bytes: [UInt8]) -> SoundMessage? {
    SoundMessage(kind: bytes[0], content: Array(bytes[5...]))
  }

  @Test func messagesSurviveTheirBytes() {
    for message in Self.messages { #expect(parsed(message.bytes) == message) }
  }

  @Test func damagedMessagesAreRefusedOrRead() {
    var generator = SeededGenerator(seed: 3)
    for message in Self.messages {
      for count in 5..<message.bytes.count { _ = parsed(Array(message.bytes.prefix(count))) }
      for _ in 0..<300 {
        var bytes = message.bytes
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
        if case .samples(let samples)? = parsed(bytes) {
          #expect(samples.allSatisfy { $0.isFinite })
        }
      }
    }
    #expect(SoundMessage(kind: 9, content: []) == nil)
    #expect(
      SoundMessage(kind: 1, content: [0, 0, 0xC0, 0x7F]) == nil, "a sample that is not a number")
  }

  /// The result of decoding by a program: its error, or "sound".
  private func message(_ command: [String], seconds: Int = 30) -> String {
    do throws(SoundError) {
      let stream = try SoundChildProcess(command: command, seconds: seconds)
        .open(path: SoundFixtures.path("s16.wav"))
      while try stream.next() != nil {}
      return "sound"
    } catch {
      return error.description
    }
  }

  /// A command of a shell that writes the bytes.
  private func printing(_ bytes: [UInt8]) -> String {
    let text = bytes.map { "\\0" + String($0, radix: 8) }.joined()
    return "printf '%b' '\(text)'"
  }

  @Test func aChildThatFailsIsOneError() throws {
    func writing(_ bytes: [UInt8]) -> [String] { ["/bin/sh", "-c", printing(bytes)] }
    let preamble = SoundMessage.preamble
    let header = preamble + SoundMessage.header(.wav, sampleRate: 16_000, channelCount: 1).bytes
    #expect(message(["/bin/true"]).contains("status 0 within a message"))
    #expect(message(["/bin/false"]).contains("status 1"))
    #expect(
      message(["/nowhere/at/all"]).hasSuffix("it cannot be run: No such file or directory"))
    #expect(message(["/bin/sh", "-c", "kill -SEGV $$"]).contains("signal 11"))
    #expect(message(["/bin/sh", "-c", "sleep 60"], seconds: 1).contains("nothing for 1 s"))
    #expect(message(["/bin/sh", "-c", "head -c 1000 /dev/zero"]).contains("understood"))
    #expect(message(writing(preamble + [1, 0xFF, 0xFF, 0xFF, 0xFF])).contains("understood"))
    #expect(
      message(writing(preamble + SoundMessage.end(remark: nil).bytes)).contains("not a header"))
    #expect(message(writing(header)).contains("within a message"))
    #expect(message(writing(header + header.dropFirst(preamble.count))).contains("second header"))
    let bad = preamble + SoundMessage.header(.wav, sampleRate: 0, channelCount: 1).bytes
    #expect(message(writing(bad)).contains("0 samples per second"))
    let failure = header + SoundMessage.failure(.empty).bytes
    #expect(message(writing(failure)) == SoundError.empty.description)
    #expect(message(writing(header + SoundMessage.end(remark: nil).bytes)) == "sound")
  }

  /// Warnings of a library do not end a child, and do not show that it makes progress.
  @Test func standardErrorSaysNothingAboutProgress() {
    let header =
      SoundMessage.preamble + SoundMessage.header(.wav, sampleRate: 16_000, channelCount: 1).bytes
    let end = printing(SoundMessage.end(remark: nil).bytes)
    let warnings = "for i in $(seq 30); do echo warning >&2; sleep 0.02; done"
    let healthy = "\(printing(header)); \(warnings); \(end)"
    #expect(message(["/bin/sh", "-c", healthy], seconds: 10) == "sound")
    let stalled = "\(printing(header)); while :; do echo warning >&2; sleep 0.1; done"
    #expect(message(["/bin/sh", "-c", stalled], seconds: 1).contains("nothing for 1 s"))
    let endless = "\(printing(header)); exec >&-; sleep 60"
    #expect(message(["/bin/sh", "-c", endless], seconds: 1).contains("nothing for 1 s"))
  }
}
