internal import Bytes
internal import ArgumentParser
internal import Foundation

/// The program `swiftrag`; each subcommand has a file in `Commands`.
@main
struct SwiftRAGCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swiftrag",
    abstract: "Answers questions from your own documents, offline, with citations.",
    discussion: """
      Try:

        swiftrag run "your question"            answer from the bundled samples
        swiftrag run --docs ~/papers            index a folder, then converse
        swiftrag search "solar panels" -k 3     show the best passages
        swiftrag generate "Hello" -m llm.gguf   run a language model alone
        swiftrag models pull mistral            download a language model
        swiftrag inspect model.gguf             show what is in a model file

      swiftrag help COMMAND explains a command.
      """,
    version: "swiftrag \(VersionCommand.version)",
    subcommands: [
      RunCommand.self, AddCommand.self, SearchCommand.self, GenerateCommand.self, IndexCommand.self,
      EmbedCommand.self, SimilarCommand.self, ClassifyCommand.self, TranscribeCommand.self,
      TokenizeCommand.self,
      ModelsCommand.self, InspectCommand.self,
      EvalCommand.self, BenchCommand.self, DoctorCommand.self, ConfigCommand.self,
      CompletionsCommand.self, VersionCommand.self, DecodePictureCommand.self,
      DecodeSoundCommand.self,
    ])

  static func main() {
    Interrupts.install()
    dropUnusableWidth()
    var failed: any ParsableCommand.Type = Self.self
    do {
      try CommandWords.check(Array(CommandLine.arguments.dropFirst()))
      var command = try parseAsRoot()
      failed = type(of: command)
      try command.run()
    } catch let code as ExitCode {
      endProcess(code)
    } catch  where isForArgumentParser(error) {
      let status = exitCode(for: error)
      guard status.rawValue == ExitCode(.usage).rawValue else { exit(withError: error) }
      let message = fullMessage(for: error)
      report(message.hasPrefix("Error: ") ? message.dropFirst(7) : message[...])
      Foundation.exit(status.rawValue)
    } catch {
      report(NextCommand.message(of: error, in: failed))
      endProcess(ExitCode(error))
    }
  }

  /// Removes a width from the environment that no text can be laid out in: the argument parser takes
  /// `COLUMNS` at its word, whether 0, 3 or a billion.
  private static func dropUnusableWidth() {
    guard let value = ProcessInfo.processInfo.environment["COLUMNS"] else { return }
    if !usableWidths.contains(Int(value) ?? 0) { unsetenv("COLUMNS") }
  }

  /// From the longest flag with its margin to more than any screen has.
  private static let usableWidths = 40...1_000

  /// Prints the message of an error.
  static func report(_ message: some StringProtocol) {
    Terminal.complain(
      Style.red.apply("error:", output: false) + " " + droppingControls(message))
  }

  /// Whether ArgumentParser prints the error: a wrong command line, a request for help, or an exit
  /// code without a message.
  private static func isForArgumentParser(_ error: any Error) -> Bool {
    error is ExitCode || error is ValidationError || error is CleanExit
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
