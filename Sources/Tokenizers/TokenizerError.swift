/// Why a tokenizer could not be made from what a file holds.
package enum TokenizerError: Error, Equatable, Sendable {
  /// The file has no such entry, or the entry has another type than the one named.
  case missing(entry: String, expected: String, source: String)
  /// An entry is there, but its value cannot be used.
  case invalid(entry: String, reason: String, source: String)
  /// The file asks for a kind of tokenizer that this program does not have.
  case unsupported(entry: String, found: String, supported: String, source: String)
  /// The file could not be read at all.
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
