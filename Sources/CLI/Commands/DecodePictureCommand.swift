internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import Media
internal import SwiftRAG

/// The hidden command `swiftrag decode-picture FILE`: the child process in which pictures are decoded.
///
/// It writes one `PictureMessage` to standard output.
struct DecodePictureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Runtime.pictureDecoderCommand,
    abstract: "Decode a picture for another swiftrag process.", shouldDisplay: false)

  @Argument(help: "The picture.")
  var file: String

  func run() throws {
    Foundation.exit(PictureChildProcess.serve(path: file, output: STDOUT_FILENO))
  }
}
