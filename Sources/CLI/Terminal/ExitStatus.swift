internal import ArgumentParser

/// The exit codes of BSD's sysexits.h that swiftrag uses.
enum ExitStatus {
  static let failure = ExitCode(1)
  /// The command line is wrong.
  static let usage = ExitCode(64)
  /// A file's content is wrong.
  static let dataError = ExitCode(65)
  /// A named file does not exist or cannot be read.
  static let noInput = ExitCode(66)
  /// A model or a program that is needed is missing.
  static let unavailable = ExitCode(69)
  /// An internal inconsistency: a defect of ours.
  static let software = ExitCode(70)
  /// Something cannot be created or written.
  static let cannotCreate = ExitCode(73)
  /// Reading or writing failed midway, or the disk is full.
  static let ioError = ExitCode(74)
  /// Another process holds what is needed; try again.
  static let temporaryFailure = ExitCode(75)
  /// The configuration is wrong.
  static let configuration = ExitCode(78)
  /// Ended by Ctrl-C: 128 + SIGINT.
  static let interrupted = ExitCode(130)
}

/// An error that a command reports: what happened and the exit code that says which kind it is.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  let status: ExitCode

  init(_ description: String, status: ExitCode = ExitStatus.failure) {
    self.description = description
    self.status = status
  }
}
