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
  /// A name is not a setting.
  case unknownSetting(name: String)
  /// The value of a setting cannot be replaced in the text of the file.
  case notEditable(path: String, setting: Setting)
  /// The file cannot be written.
  case unwritable(path: String, reason: String)

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
    case .unknownSetting(let name):
      "'\(printable(name))' is not a setting"
        + (Setting.suggestion(for: name).map { "; did you mean \($0.rawValue)?" } ?? "")
        + "\n  try: swiftrag config show, which lists the settings"
    case .notEditable(let path, let setting):
      "\(path): the value of \(setting.rawValue) cannot be replaced there\n  try: an editor, with "
        + "one line '\(setting.rawValue): VALUE'"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)\n  try: swiftrag config set --user NAME VALUE"
    }
  }
}

extension ConfigurationError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    // A wrong flag is a wrong command line; a wrong file or variable is a wrong configuration.
    case .invalidValue(_, _, .flag), .unknownSetting: .usage
    case .unreadable, .tooLarge, .malformed, .invalidValue, .notEditable: .configuration
    case .unwritable: .cannotCreate
    }
  }
}
