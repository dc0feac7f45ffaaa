internal import ArgumentParser
internal import Foundation
internal import SwiftRAG

/// The commands `swiftrag config show` and `swiftrag config path`.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show the settings and where each comes from.",
    discussion: """
      Precedence: flag, environment (such as SWIFTRAG_TOP_K), ./config.yaml, the user's file, \
      default.

        swiftrag config show
        swiftrag config path
      """,
    subcommands: [Show.self, Path.self], defaultSubcommand: Show.self)

  /// The command `swiftrag config show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print every setting, its value and its origin.")

    @Flag(help: "Print JSON.")
    var json = false

    private struct Row: Encodable {
      let name: String
      let value: String?
      let origin: String?
      let environment: [String]
    }

    func run() throws {
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

  /// The command `swiftrag config path`.
  struct Path: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the paths of the configuration files, in order of precedence.")

    func run() {
      for path in Configuration.defaultFiles(environment: Folders.processEnvironment) {
        let exists = FileManager.default.fileExists(atPath: path)
        Terminal.answer(path + (exists ? "" : Style.dim.apply("  (does not exist)")))
      }
    }
  }
}

/// Prints a value as JSON with its keys in alphabetical order.
func answerJSON(_ value: some Encodable, pretty: Bool = true) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
  Terminal.answer(String(decoding: try encoder.encode(value), as: UTF8.self))
}
