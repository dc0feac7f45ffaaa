import Foundation
internal import Yams

/// What is wrong with a configuration, and where.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is larger than a configuration can be; YAML aliases make larger ones dangerous.
  case tooLarge(path: String, byteCount: Int, limit: Int)
  /// The file is not a YAML mapping of names to plain values.
  case malformed(path: String, reason: String)
  /// A value is outside what its setting accepts.
  case unacceptable(setting: Setting, value: String, origin: Configuration.Origin)

  /// The error in words, with the next thing to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .tooLarge(let path, let byteCount, let limit):
      "\(path): has \(byteCount) bytes; a configuration may have \(limit)"
    case .malformed(let path, let reason):
      "\(path): \(reason)\n  try: swiftrag config show, which lists the settings and their values"
    case .unacceptable(let setting, let value, let origin):
      "\(setting.rawValue) is '\(setting.isSecret ? "…" : value)' (from \(origin)), "
        + "expected \(setting.expectation)"
    }
  }
}

/// The resolved settings, each with where it came from.
///
/// Precedence, highest first: flag, environment, `./config.yaml`,
/// `$XDG_CONFIG_HOME/swiftrag/config.yaml`, default.
public struct Configuration: Sendable {
  /// Where a value came from.
  public enum Origin: Sendable, Equatable, CustomStringConvertible {
    /// A flag on the command line.
    case flag
    /// An environment variable.
    case environment(String)
    /// A configuration file.
    case file(String)
    /// The built-in default.
    case builtIn

    /// The origin in words.
    public var description: String {
      switch self {
      case .flag: "the command line"
      case .environment(let name): "environment \(name)"
      case .file(let path): path
      case .builtIn: "default"
      }
    }
  }

  /// A configuration file larger than this is refused: 1 MiB is thousands of times what is needed.
  public static let maximumFileByteCount = 1 << 20

  /// The value and origin of each setting that has one.
  public private(set) var values: [Setting: (text: String, origin: Origin)] = [:]
  /// Names found in a file that are no setting, with the file; a caller shows them as warnings.
  public private(set) var unknownNames: [(name: String, path: String)] = []

  /// Resolves every setting.
  ///
  /// - Parameters:
  ///   - flags: what the command line gave.
  ///   - environment: the process's environment.
  ///   - files: configuration files, the most important first; missing ones are passed over.
  /// - Throws: ``ConfigurationError`` for a file that cannot be read or a value out of range.
  public init(
    flags: [Setting: String] = [:],
    environment: [String: String] = Folders.processEnvironment,
    files: [String]? = nil
  ) throws(ConfigurationError) {
    for setting in Setting.allCases {
      if let text = setting.defaultValue { values[setting] = (text, .builtIn) }
    }
    for path in (files ?? Self.defaultFiles(environment: environment)).reversed() {
      try read(path: path)
    }
    for setting in Setting.allCases {
      for name in setting.environmentNames.reversed() {
        if let text = environment[name], !text.isEmpty {
          values[setting] = (text, .environment(name))
        }
      }
      if let text = flags[setting] { values[setting] = (text, .flag) }
    }
    for (setting, value) in values where !setting.accepts(value.text) {
      throw .unacceptable(setting: setting, value: value.text, origin: value.origin)
    }
  }

  /// The files that are read when they exist, the most important first.
  public static func defaultFiles(environment: [String: String]) -> [String] {
    ["config.yaml", userFile(environment: environment)]
  }

  /// The user's own configuration file, whether it exists or not.
  public static func userFile(environment: [String: String]) -> String {
    Folders.configuration(environment: environment) + "/config.yaml"
  }

  private mutating func read(path: String) throws(ConfigurationError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(path: path, reason: (error as NSError).localizedDescription)
    }
    guard data.count <= Self.maximumFileByteCount else {
      throw .tooLarge(path: path, byteCount: data.count, limit: Self.maximumFileByteCount)
    }
    let node: Node?
    do { node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) } catch {
      throw .malformed(path: path, reason: "\(error)")
    }
    guard let node, node.null == nil else { return }
    guard case .mapping(let mapping) = node else {
      throw .malformed(path: path, reason: "expected lines of 'name: value'")
    }
    for (key, value) in mapping {
      let name = key.string ?? "\(key)"
      guard let setting = Setting(rawValue: name) else {
        unknownNames.append((name, path))
        continue
      }
      guard case .scalar(let scalar) = value else {
        throw .malformed(path: path, reason: "\(name) must be a plain value")
      }
      values[setting] = (scalar.string, .file(path))
    }
  }

  /// The text of a setting, when it has one.
  public func text(_ setting: Setting) -> String? { values[setting]?.text }

  /// A whole number; the range was checked when the configuration was made.
  public func integer(_ setting: Setting) -> Int { values[setting].flatMap { Int($0.text) } ?? 0 }
}
