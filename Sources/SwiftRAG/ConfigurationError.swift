package import Bytes

/// A fault in a configuration, with its place.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is larger than a configuration can be; YAML aliases make larger ones dangerous.
  case tooLarge(path: String, byteCount: Int, limit: Int)
  /// The file is not a YAML mapping of names to plain values.
  case malformed(path: String, reason: String)
  /// A value is not what its setting requires.
  case invalidValue(setting: Setting, text: String, origin: Configuration.Origin)

  /// The message, with the next thing to try.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .tooLarge(let path, let byteCount, let limit):
      "\(path): has \(byteCount) bytes; a configuration may have \(limit)"
    case .malformed(let path, let reason):
      "\(path): \(reason)\n  try: swiftrag config show, which lists the settings and their values"
    case .invalidValue(let setting, let text, let origin):
      "\(origin.name(of: setting)) must be \(setting.requirement)"
        + (setting.isSecret ? "" : ", not \(text.isEmpty ? "empty" : text)")
    }
  }
}

extension ConfigurationError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    // A wrong flag is a wrong command line; a wrong file or variable is a wrong configuration.
    case .invalidValue(_, _, .flag): .usage
    case .unreadable, .tooLarge, .malformed, .invalidValue: .configuration
    }
  }
}
