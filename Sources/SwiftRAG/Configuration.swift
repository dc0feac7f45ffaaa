import Foundation
internal import Yams
internal import Bytes

/// The resolved settings, each with its origin.
///
/// Precedence, highest first: flag, environment, `./config.yaml`, `config.yaml` beside a models folder
/// that a flag or the environment names, `$XDG_CONFIG_HOME/swiftrag/config.yaml`, default.
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
  /// The files that were read or would be, in order of precedence.
  public private(set) var files: [String] = []

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
    let paths = files ?? Self.files(flags: flags, environment: environment)
    self.files = paths
    for path in paths.reversed() {
      let content = try Self.read(path: path, home: environment["HOME"])
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

  /// The files that are read for a command line, whether they exist and are right or not.
  ///
  /// - Parameters:
  ///   - flags: the flags of the command line.
  ///   - environment: the process's environment.
  /// - Returns: paths, in order of precedence.
  public static func files(flags: [SettingFlag], environment: [String: String]) -> [String] {
    let models =
      flags.last { $0.setting == .modelsDirectory }?.text
      ?? Setting.modelsDirectory.environmentNames.lazy.compactMap { environment[$0] }.first
    return defaultFiles(environment: environment, modelsFolder: models)
  }

  /// The configuration of the working folder.
  public static let localFile = "config.yaml"

  /// The files that are read if they exist, in order of precedence.
  ///
  /// - Parameters:
  ///   - environment: the process's environment.
  ///   - modelsFolder: a models folder that a flag or the environment names. The `config.yaml` beside
  ///     it is read too, so that a `backend` folder of the original system is used as it is.
  /// - Returns: paths, whether they exist or not.
  public static func defaultFiles(
    environment: [String: String], modelsFolder: String? = nil
  ) -> [String] {
    var files = [localFile]
    if let modelsFolder, !modelsFolder.isEmpty {
      let isModels = Paths.name(of: modelsFolder) == "models"
      let folder = isModels ? Paths.folder(of: modelsFolder) : modelsFolder
      files.append(folder + "/config.yaml")
    }
    files.append(userFile(environment: environment))
    // One file may be two of these: `--models $PWD/models`.
    var places: [String] = []
    return files.filter { file in
      let place = Paths.canonical(Paths.folder(of: file)) ?? Paths.folder(of: file)
      defer { places.append(place) }
      return !places.contains(place)
    }
  }

  /// The user's own configuration file, whether it exists or not.
  public static func userFile(environment: [String: String]) -> String {
    Folders.configuration(environment: environment) + "/config.yaml"
  }

  private static func read(
    path: String, home: String?
  ) throws(ConfigurationError) -> (values: [(Setting, String)], unknownNames: [String]) {
    guard FileManager.default.fileExists(atPath: path) else { return ([], []) }
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(
        path: path,
        reason: BytesError.reason(whyUnreadable: path) ?? (error as NSError).localizedDescription)
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
      let text =
        setting.isPath ? resolved(scalar.string, ofFile: path, home: home) : scalar.string
      values.append((setting, text))
    }
    return (values, unknownNames)
  }

  /// A path of a configuration file.
  ///
  /// `~` is the home folder, and a relative path is relative to the file. A name, which no file beside
  /// the configuration has, stays as it is.
  private static func resolved(_ text: String, ofFile path: String, home: String?) -> String {
    if text.hasPrefix("~/"), let home { return home + text.dropFirst() }
    let folder = Paths.folder(of: path)
    guard folder != ".", !text.hasPrefix("/"), !text.isEmpty else { return text }
    let beside = "\(folder)/\(text.hasPrefix("./") ? String(text.dropFirst(2)) : text)"
    return text.hasPrefix("./") || text.hasPrefix("../") || Paths.exists(beside) ? beside : text
  }
}
