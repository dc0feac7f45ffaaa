/// An error in a file from which a tokenizer is created.
package enum TokenizerError: Error, Equatable, Sendable {
  /// The entry does not exist, or its type is not the expected one.
  case missing(entry: String, expected: String, source: String)
  /// The entry's value is invalid.
  case invalid(entry: String, reason: String, source: String)
  /// The file requires a tokenizer or a feature that is not implemented.
  case unsupported(entry: String, found: String, supported: String, source: String)
  /// The file cannot be read.
  case unreadable(source: String, reason: String)
}

extension TokenizerError: CustomStringConvertible {
  /// One sentence that names the file and the entry.
  package var description: String {
    switch self {
    case .missing(let entry, let expected, let source):
      "\(source): \(entry) is missing or is not \(expected)"
    case .invalid(let entry, let reason, let source):
      "\(source): \(entry): \(reason)"
    case .unsupported(let entry, let found, let supported, let source):
      "\(source): \(entry) is \(found); supported: \(supported)"
    case .unreadable(let source, let reason):
      "\(source): \(reason)"
    }
  }
}
