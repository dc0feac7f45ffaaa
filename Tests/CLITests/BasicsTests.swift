import Foundation
import Testing

@Suite struct BasicsTests {
  @Test func versionGoesToStandardOutput() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("version")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("swiftrag "))
    #expect(outcome.error.isEmpty)
  }

  @Test func anUnknownCommandIsAUsageError() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("verison")
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.contains("verison"))
  }

  @Test func settingsComeFromFlagEnvironmentFileAndDefault() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try Data("top_k: 7\nmax_tokens: 99\n".utf8).write(
      to: runner.home.appending(path: "config.yaml"))
    let outcome = try runner.run(
      "config", "show", environment: ["SWIFTRAG_TOP_K": "9", "TEXT_MODEL_PATH": "/m.gguf"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("top_k            9  (environment SWIFTRAG_TOP_K)"))
    #expect(outcome.output.contains("max_tokens       99  (config.yaml)"))
    #expect(outcome.output.contains("model_path       /m.gguf  (environment TEXT_MODEL_PATH)"))
    #expect(outcome.output.contains("threads          0  (default)"))
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test(arguments: [
    ("top_k: 0\n", "config.yaml: top_k must be a whole number between 1 and 100, not 0"),
    ("- a\n- b\n", "config.yaml: expected lines of 'name: value'"),
    ("top_k: [1]\n", "config.yaml: top_k must be a plain value"),
    ("a: [\n", "config.yaml:"),
  ])
  func aWrongConfigurationIsNamed(content: String, expected: String) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try Data(content.utf8).write(to: runner.home.appending(path: "config.yaml"))
    let outcome = try runner.run("config", "show")
    #expect(outcome.status == 78)
    #expect(outcome.error.contains(expected))
    #expect(outcome.output.isEmpty)
  }

  /// A wrong flag is named as it is typed, whether our settings, a command or
  /// ArgumentParser checks it.
  @Test(arguments: [
    (
      ["search", "x", "--top-k", "150"],
      "error: --top-k must be a whole number between 1 and 100, not 150\n"
    ),
    (
      ["search", "x", "--mode", "fast"],
      "error: --mode must be hybrid, dense or keyword, not fast\n"
    ),
    (["run", "x", "-k", "0"], "error: --top-k must be a whole number between 1 and 100, not 0\n"),
    (["bench", "embed", "--batch", "0"], "error: --batch must be between 1 and 4096, not 0\n"),
    (["bench", "memory", "-t", "300"], "error: --threads must be between 0 and 256, not 300.\n"),
    (["search", "x", "--top-k", "many"], "error: The value 'many' is invalid for"),
    (["search"], "error: Give either words to search for, or a picture with --image.\n"),
  ])
  func aWrongFlagIsNamed(arguments: [String], expected: String) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(arguments: arguments)
    #expect(outcome.status == 64)
    #expect(outcome.error.hasPrefix(expected), "\(outcome.error)")
    #expect(outcome.output.isEmpty)
  }

  @Test func aWrongVariableIsNamed() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      "search", "x", environment: ["SWIFTRAG_SEARCH_MODE": "fast"])
    #expect(outcome.status == 78)
    #expect(
      outcome.error
        == "error: SWIFTRAG_SEARCH_MODE must be hybrid, dense or keyword, not fast\n"
        + "  try: unset SWIFTRAG_SEARCH_MODE\n")
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionScriptsNameTheCommands(shell: String) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("completions", shell)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("config"))
  }
}
