internal import ArgumentParser
internal import Media

/// The hidden command `swiftrag decode-picture PATH`: the process in which a picture is decoded.
struct DecodePictureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode-picture",
    abstract: "Decode a picture for another process of this program.", shouldDisplay: false)

  @Argument(help: "The picture.")
  var path: String

  func run() throws {
    let status = PictureChildProcess.serve(path: path, output: 1)
    if status != 0 { throw ExitCode(status) }
  }
}
