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
      "\(path): cannot be read: \(reason)\n  try: ls -l \(shellWord(path))"
    case .tooLarge(let path, let byteCount, let limit):
      "\(path): has \(byteCount) bytes; a configuration may have \(limit)\n  try: "
        + "head \(shellWord(path))"
    case .malformed(let path, let reason):
      "\(path): \(reason)\n  try: nano \(shellWord(path)), with one line 'name: value' for each setting"
    case .invalidValue(let setting, let text, let origin):
      "\(origin.name(of: setting)) must be \(setting.requirement)"
        + (setting.isSecret ? "" : ", not \(text.isEmpty ? "empty" : text)")
        + (Self.correction(of: setting, at: origin).map { "\n  try: " + $0 } ?? "")
    case .unknownSetting(let name):
      "'\(printable(name))' is not a setting"
        + (Setting.suggestion(for: name).map { "; did you mean \($0.rawValue)?" } ?? "")
        + "\n  try: swiftrag config show, which lists the settings"
    case .notEditable(let path, let setting):
      "\(path): the value of \(setting.rawValue) cannot be replaced there\n  try: nano "
        + "\(shellWord(path)), with one line '\(setting.rawValue): VALUE'"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)\n  try: "
        + (Self.isOfUser(path)
          ? "ls -ld \(shellWord(Paths.folder(of: path)))"
          : "swiftrag config set --user NAME VALUE, which writes your own file")
    }
  }

  /// The command that corrects a value, where its origin is not the command line.
  private static func correction(of setting: Setting, at origin: Configuration.Origin) -> String? {
    switch origin {
    case .flag, .builtIn: return nil
    case .environment(let name): return "unset \(name)"
    case .file(let path):
      // `config set` writes one of these two files.
      guard path == Configuration.localFile || isOfUser(path) else {
        return "nano \(shellWord(path))"
      }
      let value = Settings().text(of: setting) ?? "VALUE"
      return "swiftrag config set \(isOfUser(path) ? "--user " : "")\(setting.rawValue) \(value)"
    }
  }

  private static func isOfUser(_ path: String) -> Bool {
    path == Configuration.userFile(environment: Folders.processEnvironment)
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
