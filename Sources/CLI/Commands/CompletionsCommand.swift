internal import ArgumentParser

/// The command `swiftrag completions SHELL`.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print a completion script for your shell.",
    discussion: """
        swiftrag completions bash >> ~/.bash_completion
        swiftrag completions zsh > ~/.zfunc/_swiftrag
        swiftrag completions fish > ~/.config/fish/completions/swiftrag.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() {
    let target: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    Terminal.answer(SwiftRAGCommand.completionScript(for: target))
  }
}
