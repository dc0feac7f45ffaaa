internal import ArgumentParser
internal import Bytes
internal import Foundation
internal import SwiftRAG

/// The commands `swiftrag config show|set|path`.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and change the settings.",
    discussion: """
      Precedence: flag, environment (such as SWIFTRAG_TOP_K), ./config.yaml, config.yaml beside \
      the folder of --models, the user's file, default.

        swiftrag config show
        swiftrag config set top_k 8
        swiftrag config path
      """,
    subcommands: [Show.self, Set.self, Path.self], defaultSubcommand: Show.self)

  /// The file that `set` writes: `./config.yaml` if it exists, else the user's.
  private static func fileToEdit(user: Bool) -> String {
    let own = Configuration.userFile(environment: Folders.processEnvironment)
    let local = Configuration.localFile
    return !user && FileManager.default.fileExists(atPath: local) ? local : own
  }

  /// Writes a setting into the file, and says where, and whether something has precedence over it.
  ///
  /// - Parameters:
  ///   - setting: the setting.
  ///   - value: its value.
  ///   - user: whether the user's file is written, also where `./config.yaml` exists.
  /// - Returns: the settings as they are now.
  /// - Throws: `ConfigurationError`.
  @discardableResult
  static func write(_ setting: Setting, _ value: String, user: Bool) throws -> Configuration {
    var file = try ConfigurationFile(path: fileToEdit(user: user))
    try file.set(setting, to: value)
    try file.write()
    Terminal.answer("\(setting.rawValue): \(setting.isSecret ? "set" : value)  (\(file.path))")
    let configuration = try Configuration(flags: CommonOptions.settings)
    switch configuration.origin(of: setting) {
    case .environment(let variable):
      Terminal.note(
        "\(variable) is set and has precedence over the file\n  try: unset \(variable)")
    case .file(let other) where Paths.canonical(other) != Paths.canonical(file.path):
      let words = ["swiftrag config set", setting.rawValue, shellWord(value)]
      Terminal.note(
        "\(other) sets \(setting.rawValue) too and has precedence over \(file.path)\n  try: "
          + (other == Configuration.localFile && !setting.isSecret
            ? words.joined(separator: " ") : "nano \(shellWord(other))"))
    case .file, .flag, .builtIn: break
    }
    return configuration
  }

  /// The command `swiftrag config show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print every setting, its value and its origin.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    private struct Row: Encodable {
      let name: String
      let value: String?
      let origin: String?
      let environment: [String]
    }

    func run() throws {
      common.apply()
      let configuration = try resolveConfiguration()
      let rows = Setting.allCases.map { setting in
        let value = configuration.settings.text(of: setting)
        return Row(
          name: setting.rawValue,
          value: value.map { setting.isSecret ? "set" : $0 },
          origin: value.map { _ in "\(configuration.origin(of: setting))" },
          environment: setting.environmentNames)
      }
      if json { return try answerJSON(rows) }
      for row in rows {
        let name = row.name.padding(toLength: 17, withPad: " ", startingAt: 0)
        let origin = row.origin.map { Style.dim.apply("  (\($0))") } ?? ""
        Terminal.answer(name + (row.value ?? Style.dim.apply("not set")) + origin)
      }
    }
  }

  /// The command `swiftrag config set NAME VALUE`.
  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a setting; the rest of the file and its comments stay.",
      discussion: """
        Writes ./config.yaml if there is one, else the user's file.

          swiftrag config set model_path models/llm/mistral.gguf
          swiftrag config set --user temperature 0.5
        """)

    @Argument(help: "A setting of swiftrag config show.")
    var name: String

    @Argument(help: "Its value.")
    var value: String

    @Flag(help: "Write the user's file, also where ./config.yaml exists.")
    var user = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      guard let setting = Setting(rawValue: name) else {
        throw ConfigurationError.unknownSetting(name: name)
      }
      warnAboutUnknownNames(try ConfigCommand.write(setting, value, user: user))
    }
  }

  /// The command `swiftrag config path`.
  struct Path: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the paths of the configuration files, in order of precedence.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      // A file with a mistake is listed too, since the error about it names this command.
      let files = Configuration.files(
        flags: CommonOptions.settings, environment: Folders.processEnvironment)
      for path in files {
        let exists = FileManager.default.fileExists(atPath: path)
        Terminal.answer(path + (exists ? "" : Style.dim.apply("  (does not exist)")))
      }
    }
  }
}

/// Prints a value as JSON with its keys in alphabetical order.
func answerJSON(_ value: some Encodable, pretty: Bool = true) throws {
  Terminal.answer(try jsonText(value, pretty: pretty))
}

/// A value as JSON with sorted keys.
///
/// - Returns: one line, or with `pretty` indented lines; without a line end.
func jsonText(_ value: some Encodable, pretty: Bool = true) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
