import Foundation
import Testing

/// The commands of README.md work as they are typed, from a fresh checkout and without a network.
@Suite struct ReadmeTests {
  /// The commands of the ```` ```sh ```` blocks of a Markdown text, with continued lines joined.
  static func shellCommands(in markdown: String) -> [String] {
    var commands: [String] = []
    var isInBlock = false
    var unfinished = ""
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("```") {
        isInBlock = !isInBlock && text == "```sh"
        continue
      }
      guard isInBlock, !text.isEmpty, !text.hasPrefix("#") else { continue }
      if text.hasSuffix("\\") {
        unfinished += text.dropLast()
      } else {
        commands.append(unfinished + text)
        unfinished = ""
      }
    }
    return commands
  }

  /// The replacement of `swiftrag` in a command; nil for a command of another program.
  static func arguments(of command: String) -> Substring? {
    for program in [".build/release/swiftrag ", "swiftrag "] where command.hasPrefix(program) {
      return command.dropFirst(program.count)
    }
    return nil
  }

  @Test(arguments: ["README.md", "models/README.md"])
  func everyCommandSucceeds(page: String) throws {
    let text = try String(
      contentsOf: CommandRunner.packageRoot.appending(path: page), encoding: .utf8)
    let commands = Self.shellCommands(in: text)
    // Blocks of another language would leave nothing to run.
    #expect(commands.filter { Self.arguments(of: $0) != nil }.count >= 5)
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    for command in commands {
      guard let arguments = Self.arguments(of: command) else {
        #expect(
          ["make ", "git ", "sudo apt", "cd "].contains(where: command.hasPrefix),
          "neither swiftrag nor a command that a checkout is made with: \(command)")
        continue
      }
      let outcome = try run(String(arguments), in: runner)
      #expect(outcome.status == 0, "\(command)\n\(outcome.error)")
      #expect(!outcome.output.isEmpty, "\(command)")
    }
  }

  /// Runs a command line in the checkout, with a home folder of its own and a question as input.
  private func run(
    _ arguments: String, in runner: CommandRunner
  ) throws -> (output: String, error: String, status: Int32) {
    let home = runner.home
    let (output, error) = (home.appending(path: "out"), home.appending(path: "err"))
    let input = home.appending(path: "in")
    try Data("How should the main mirror be cleaned?\n".utf8).write(to: input)
    for file in [output, error] { try Data().write(to: file) }
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "\"$0\" " + arguments, CommandRunner.executable.path]
    shell.currentDirectoryURL = CommandRunner.packageRoot
    shell.environment = [
      "HOME": home.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SWIFTRAG_OFFLINE": "1",
    ]
    shell.standardInput = try FileHandle(forReadingFrom: input)
    shell.standardOutput = try FileHandle(forWritingTo: output)
    shell.standardError = try FileHandle(forWritingTo: error)
    try shell.run()
    shell.waitUntilExit()
    return (
      try String(contentsOf: output, encoding: .utf8),
      try String(contentsOf: error, encoding: .utf8), shell.terminationStatus
    )
  }

  @Test func blocksOfOtherLanguagesAreNotRun() {
    let commands = Self.shellCommands(
      in: """
        ```sh
        make run     # builds
        # a remark
        .build/release/swiftrag run \\
          "a question"
        ```
        ```text
        swiftrag generate -m missing.gguf
        ```
        """)
    #expect(commands == ["make run     # builds", ".build/release/swiftrag run \"a question\""])
    #expect(commands.map(Self.arguments) == [nil, "run \"a question\""])
  }
}
