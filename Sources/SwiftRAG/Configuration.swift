import Foundation
internal import Yams

/// The resolved settings, each with its origin.
///
/// Precedence, highest first: flag, environment, `./config.yaml`,
/// `$XDG_CONFIG_HOME/swiftrag/config.yaml`, default.
public struct Configuration: Sendable {
  /// The source of a setting's value.
  public enum Origin: Sendable, Equatable, CustomStringConvertible {
    /// A flag of the command line.
    case flag(String)
    /// An environment variable.
    case environment(String)
    /// A configuration file.
    case file(String)
    /// The built-in default.
    case builtIn

    /// The origin in words.
    public var description: String {
      switch self {
      case .flag(let name): "flag \(name)"
      case .environment(let name): "environment \(name)"
      case .file(let path): path
      case .builtIn: "default"
      }
    }

    /// The name of the place to correct the value.
    func name(of setting: Setting) -> String {
      switch self {
      case .flag(let name), .environment(let name): name
      case .file(let path): "\(path): \(setting.rawValue)"
      case .builtIn: setting.rawValue
      }
    }
  }

  /// A configuration file larger than this is refused: 1 MiB is thousands of times what is needed.
  public static let maximumFileByteCount = 1 << 20

  /// The values.
  public let settings: Settings
  /// The source of each value that is not a default.
  private var origins: [Setting: Origin] = [:]
  /// Names found in a file that are not settings, with the file; a caller shows them as warnings.
  public private(set) var unknownNames: [(name: String, path: String)] = []

  /// A configuration without flags, environment and files.
  ///
  /// - Parameter settings: the values.
  public init(settings: Settings) {
    self.settings = settings
  }

  /// Resolves every setting: finds the source with the highest precedence, then parses its text.
  ///
  /// - Parameters:
  ///   - flags: the flags of the command line; of two for one setting the last counts.
  ///   - environment: the process's environment.
  ///   - files: configuration files, in order of precedence; missing ones are skipped.
  /// - Throws: ``ConfigurationError`` for a file that cannot be read or a value that its setting
  ///   does not accept.
  public init(
    flags: [SettingFlag] = [],
    environment: [String: String] = Folders.processEnvironment,
    files: [String]? = nil
  ) throws(ConfigurationError) {
    var sources: [Setting: (text: String, origin: Origin)] = [:]
    for path in (files ?? Self.defaultFiles(environment: environment)).reversed() {
      let content = try Self.read(path: path)
      for (setting, text) in content.values { sources[setting] = (text, .file(path)) }
      unknownNames += content.unknownNames.map { ($0, path) }
    }
    for setting in Setting.allCases {
      for name in setting.environmentNames.reversed() {
        if let text = environment[name], !text.isEmpty {
          sources[setting] = (text, .environment(name))
        }
      }
    }
    for flag in flags { sources[flag.setting] = (flag.text, .flag(flag.name)) }
    var settings = Settings()
    for setting in Setting.allCases {
      guard let (text, origin) = sources[setting] else { continue }
      guard settings.set(setting, from: text) else {
        throw .invalidValue(setting: setting, text: text, origin: origin)
      }
      origins[setting] = origin
    }
    self.settings = settings
  }

  /// The source of a setting's value.
  public func origin(of setting: Setting) -> Origin { origins[setting] ?? .builtIn }

  /// The files that are read if they exist, in order of precedence.
  public static func defaultFiles(environment: [String: String]) -> [String] {
    ["config.yaml", userFile(environment: environment)]
  }

  /// The user's own configuration file, whether it exists or not.
  public static func userFile(environment: [String: String]) -> String {
    Folders.configuration(environment: environment) + "/config.yaml"
  }

  private static func read(
    path: String
  ) throws(ConfigurationError) -> (values: [(Setting, String)], unknownNames: [String]) {
    guard FileManager.default.fileExists(atPath: path) else { return ([], []) }
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
    guard let node, node.null == nil else { return ([], []) }
    guard case .mapping(let mapping) = node else {
      throw .malformed(path: path, reason: "expected lines of 'name: value'")
    }
    var values: [(Setting, String)] = []
    var unknownNames: [String] = []
    for (key, value) in mapping {
      let name = key.string ?? "\(key)"
      guard let setting = Setting(rawValue: name) else {
        unknownNames.append(name)
        continue
      }
      guard case .scalar(let scalar) = value else {
        throw .malformed(path: path, reason: "\(name) must be a plain value")
      }
      values.append((setting, scalar.string))
    }
    return (values, unknownNames)
  }
}
