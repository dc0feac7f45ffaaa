internal import ArgumentParser
internal import Bytes

/// Checks the first words of a command line, which name a command.
///
/// The argument parser calls a mistyped command an unexpected argument, and explains the program where
/// help is asked for a command that does not exist.
enum CommandWords {
  /// Refuses a word in the place of a command that is not the name of one.
  ///
  /// - Parameter arguments: the command line without the program.
  /// - Throws: `CommandFailure` with the command that was meant, where one is close.
  static func check(_ arguments: [String]) throws {
    let isHelp = arguments.first == "help"
    var words = arguments.dropFirst(isHelp ? 1 : 0)
    var command: any ParsableCommand.Type = SwiftRAGCommand.self
    var path = ["swiftrag"]
    while let word = words.popFirst(), !word.hasPrefix("-") {
      let configuration = command.configuration
      // The rest are arguments, as after a command that stands for its default one.
      if configuration.subcommands.isEmpty { return }
      let next = configuration.subcommands.first {
        $0._commandName == word || $0.configuration.aliases.contains(word)
      }
      guard let next else {
        if configuration.defaultSubcommand != nil, !isHelp { return }
        throw failure(word, after: path, configuration)
      }
      command = next
      path.append(next._commandName)
    }
  }

  private static func failure(
    _ word: String, after path: [String], _ configuration: CommandConfiguration
  ) -> CommandFailure {
    let names = configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .map { $0._commandName }
    let meant = closestName(to: word, in: names).map { "; did you mean \($0)?" } ?? ""
    let parent = path.joined(separator: " ")
    return CommandFailure(
      "'\(shownName(word))' is not a command of \(parent)\(meant)\n  try: \(parent) --help, which "
        + "lists the commands", .usage)
  }
}
