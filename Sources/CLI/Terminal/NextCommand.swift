internal import ArgumentParser
internal import Bytes
internal import Checkpoints
internal import Foundation
internal import Models
internal import Tokenizers

/// The command to type after an error.
///
/// Most messages name it, on a last line "  try: …". For the others the category of the error, the
/// file that it is about and the command that failed decide, so that no error ends without one.
enum NextCommand {
  /// The message of an error with the next command, as lines for a terminal.
  ///
  /// - Parameters:
  ///   - error: the error.
  ///   - command: the type of the command that failed.
  /// - Returns: the error's own message where it names a command.
  static func message(of error: any Error, in command: any ParsableCommand.Type) -> String {
    let message = "\(error)"
    guard !message.contains("\n  try: ") else { return message }
    return message + "\n  try: " + next(error, command)
  }

  private static func next(_ error: any Error, _ command: any ParsableCommand.Type) -> String {
    let help = (["swiftrag", "help"] + words(of: command)).joined(separator: " ")
    guard let error = error as? any CategorizedError else { return help }
    let path = error.subjectPath.flatMap { shownName($0) == $0 ? $0 : nil }
    switch error.category {
    case .usage: return help
    case .missingInput: return path.map(look) ?? help
    case .invalidData: return path.map { examine($0, error) } ?? help
    case .unavailable, .incompatible, .internalError:
      return "swiftrag doctor, which says what is missing"
    case .cannotCreate: return path.map { "ls -ld " + shellWord(folder(of: $0)) } ?? help
    case .inputOutput: return path.map { "df -h " + shellWord(folder(of: $0)) } ?? "df -h"
    case .forbidden, .configuration: return "swiftrag config path, which lists the files"
    case .busy: return "the same command later"
    case .interrupted: return "the same command again"
    }
  }

  /// A look at a file that cannot be read, or at the folder in which it is not.
  private static func look(at path: String) -> String {
    guard Paths.exists(path) else { return "ls " + shellWord(folder(of: path)) }
    return (Paths.isFolder(path) ? "ls " : "ls -l ") + shellWord(path)
  }

  /// A look at a file with the wrong content.
  private static func examine(_ path: String, _ error: any CategorizedError) -> String {
    switch error {
    case _ where !Paths.exists(path): "ls " + shellWord(folder(of: path))
    case is CheckpointError: "swiftrag models ls, which lists the models that can be used"
    case is ModelError where !path.hasSuffix(".json"),
      is TokenizerError where !path.hasSuffix(".json"):
      "swiftrag inspect " + shellWord(path)
    case is ModelError, is TokenizerError: "head " + shellWord(path)
    default: "file \(shellWord(path)), which says what it is"
    }
  }

  /// The nearest folder above a path that exists.
  private static func folder(of path: String) -> String {
    var folder = Paths.folder(of: path)
    while folder.count > 1, !Paths.isFolder(folder) { folder = Paths.folder(of: folder) }
    return folder.isEmpty ? "." : folder
  }

  /// The words of a command after `swiftrag`: `models pull`.
  private static func words(of command: any ParsableCommand.Type) -> [String] {
    path(to: command, below: SwiftRAGCommand.self) ?? []
  }

  private static func path(
    to command: any ParsableCommand.Type, below parent: any ParsableCommand.Type
  ) -> [String]? {
    if command == parent { return [] }
    for child in parent.configuration.subcommands {
      if let rest = path(to: command, below: child) { return [child._commandName] + rest }
    }
    return nil
  }
}
