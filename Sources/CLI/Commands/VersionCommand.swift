internal import ArgumentParser

/// The command `swiftrag version`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.")

  /// Follows CHANGELOG.md.
  static let version = "0.1.0"

  func run() {
    Terminal.answer("swiftrag \(Self.version)")
  }
}
