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
        swiftrag run "your question"              answers from the bundled sample library
        swiftrag run --docs ~/papers              indexes a folder, then a conversation
        swiftrag search "solar panels" -k 3       the best passages, without an answer
        swiftrag inspect model.gguf               what is in a model file
      Each command explains itself: swiftrag help COMMAND.
      """,
    subcommands: [VersionCommand.self, CompletionsCommand.self, ConfigCommand.self])

  static func main() {
    Interrupts.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      Terminal.complain(Style.red.apply("error:", output: false) + " " + failure.description)
      Foundation.exit(failure.status.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
