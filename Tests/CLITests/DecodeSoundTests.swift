import Foundation
import Media
import Testing

/// Recordings decoded by the program in a process of its own.
@Suite struct DecodeSoundTests {
  private let child = SoundChildProcess(
    command: [CommandRunner.executable.path, "decode-sound"])

  private func path(_ name: String) -> String {
    CommandRunner.packageRoot.appending(path: "Tests/Fixtures/sound/\(name)").path
  }

  @Test(arguments: ["s16.wav", "stereo.flac", "vorbis.ogg", "opus.ogg", "mono.mp3"])
  func theChildGivesTheSameSamples(_ name: String) throws {
    let stream = try child.open(path: path(name))
    var samples: [Float] = []
    while let more = try stream.next() { samples += more }
    #expect(try samples == SoundDecoder.decode(path: path(name)))
    #expect(stream.remark == nil && stream.seconds == Double(samples.count) / 16_000)
  }

  /// The messages of libraries about a damaged file stay in the child.
  @Test func damagedFilesAreOneError() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let damaged = runner.home.appending(path: "cut.mp3").path
    try Data([0x49, 0x44, 0x33] + [UInt8](repeating: 0xFF, count: 400))
      .write(to: URL(filePath: damaged))
    #expect(throws: SoundError.self) {
      let stream = try child.open(path: damaged)
      while try stream.next() != nil {}
    }
  }
}
