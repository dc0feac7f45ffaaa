internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import Media
internal import SwiftRAG

/// The hidden command `swiftrag decode-sound FILE`: the child process in which recordings are decoded.
///
/// It writes the messages that `SoundChildProcess` reads to standard output.
struct DecodeSoundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Runtime.soundDecoderCommand,
    abstract: "Decode a recording for another swiftrag process.", shouldDisplay: false)

  @Argument(help: "The recording.")
  var file: String

  func run() throws {
    Foundation.exit(SoundChildProcess.serve(path: file, output: STDOUT_FILENO))
  }
}
