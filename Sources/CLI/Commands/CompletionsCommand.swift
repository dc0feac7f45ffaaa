internal import ArgumentParser

/// The command `swiftrag completions SHELL`.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print a completion script for your shell, or the manual page.",
    discussion: """
        swiftrag completions bash >> ~/.bash_completion
        swiftrag completions zsh > ~/.zfunc/_swiftrag
        swiftrag completions fish > ~/.config/fish/completions/swiftrag.fish
        swiftrag completions man | man -l -
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish, man
  }

  @Argument(help: "bash, zsh, fish or man.")
  var shell: Shell

  func run() throws {
    let target: CompletionShell
    switch shell {
    case .bash: target = .bash
    case .zsh: target = .zsh
    case .fish: target = .fish
    case .man:
      let page = try ManualPage(
        description: SwiftRAGCommand._dumpHelp(), version: VersionCommand.version)
      return Terminal.answer(page.lines.joined(separator: "\n"))
    }
    Terminal.answer(SwiftRAGCommand.completionScript(for: target))
  }
}
