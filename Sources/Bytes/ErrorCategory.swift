/// The kind of failure that an error reports, from the point of view of a caller who has to react.
///
/// The command line maps each category to one exit code of BSD's sysexits.h; see the page on errors
/// and exit codes of the command line. A caller of the library can decide by it whether a retry,
/// another file or another setting helps.
package enum ErrorCategory: Sendable, Equatable, CaseIterable {
  /// The request itself is invalid: an option, an argument or a query.
  case usage
  /// The content of a file is invalid or unsupported.
  case invalidData
  /// A named file does not exist or cannot be read.
  case missingInput
  /// A model, a program or a server that is needed is not available.
  case unavailable
  /// Two things that were made by swiftrag do not belong together, such as an index and an encoder.
  case incompatible
  /// A violated invariant: a defect of swiftrag.
  case internalError
  /// A file or folder cannot be created or written.
  case cannotCreate
  /// Reading or writing failed midway, or the disk is full.
  case inputOutput
  /// Another process holds a resource; trying again later may help.
  case busy
  /// A setting is invalid.
  case configuration
  /// A setting or variable forbids what was requested.
  case forbidden
  /// The person who started the work ended it.
  case interrupted
}

/// An error that knows its category.
///
/// Every error type of the package conforms to it with a `switch` over its cases and no `default`,
/// so that a new case does not compile until its category has been chosen. A test lists the error
/// types.
package protocol CategorizedError: Error {
  var category: ErrorCategory { get }
  /// The file or folder that the error is about; nil where it is about none.
  var subjectPath: String? { get }
}

extension CategorizedError {
  package var subjectPath: String? { nil }
}
