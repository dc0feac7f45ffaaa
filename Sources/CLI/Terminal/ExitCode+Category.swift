internal import ArgumentParser
internal import Bytes

/// The exit codes of the program, after BSD's sysexits.h.
extension ExitCode {
  /// The exit code of a category of errors.
  init(_ category: ErrorCategory) {
    self =
      switch category {
      case .usage: ExitCode(64)
      case .invalidData: ExitCode(65)
      case .missingInput: ExitCode(66)
      case .unavailable: ExitCode(69)
      case .incompatible: ExitCode(1)
      case .internalError: ExitCode(70)
      case .cannotCreate: ExitCode(73)
      case .inputOutput: ExitCode(74)
      case .busy: ExitCode(75)
      case .forbidden: ExitCode(77)
      case .configuration: ExitCode(78)
      // 128 + SIGINT, as a shell reports a program that Ctrl-C ended.
      case .interrupted: ExitCode(130)
      }
  }

  /// The exit code of any error: 1 for those of Foundation, which have no category.
  init(_ error: any Error) {
    if let error = error as? any CategorizedError {
      self.init(error.category)
    } else {
      self.init(1)
    }
  }

  /// Ended by Ctrl-C.
  static let interrupted = ExitCode(ErrorCategory.interrupted)
}

/// An error that a command itself reports.
struct CommandFailure: CategorizedError, CustomStringConvertible {
  /// The message, with the next thing to try.
  let description: String
  let category: ErrorCategory
  /// The file or folder that the error is about; nil where it is about none.
  let subjectPath: String?

  init(_ description: String, _ category: ErrorCategory, path: String? = nil) {
    self.description = description
    self.category = category
    subjectPath = path
  }
}
