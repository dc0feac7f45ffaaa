internal import ArgumentParser
internal import Foundation

/// The program `swiftrag`: one subcommand a file in `Commands`.
@main
struct SwiftRAGCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swiftrag",
    abstract: "Answers questions from your own documents, offline, with citations.",
    discussion: """
      Try:

        swiftrag run "your question"            answers from the bundled samples
        swiftrag run --docs ~/papers            indexes a folder, then a conversation
        swiftrag search "solar panels" -k 3     the best passages, without an answer
        swiftrag generate "Hello" -m llm.gguf   the language model alone
        swiftrag inspect model.gguf             what is in a model file

      Each command explains itself: swiftrag help COMMAND.
      """,
    subcommands: [
      RunCommand.self, AddCommand.self, SearchCommand.self, GenerateCommand.self, IndexCommand.self,
      EmbedCommand.self, SimilarCommand.self, TokenizeCommand.self, ModelsCommand.self,
      InspectCommand.self,
      EvalCommand.self, BenchCommand.self, DoctorCommand.self, ConfigCommand.self,
      CompletionsCommand.self, VersionCommand.self,
    ])

  static func main() {
    Interrupts.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch  where isForArgumentParser(error) {
      exit(withError: error)
    } catch {
      Terminal.complain(Style.red.apply("error:", output: false) + " " + printable("\(error)"))
      Foundation.exit(ErrorStatus.of(error).rawValue)
    }
  }

  /// Whether the error is a wrong command line, a request for help, or a bare exit code.
  private static func isForArgumentParser(_ error: any Error) -> Bool {
    error is ExitCode || error is ValidationError || error is CleanExit
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
