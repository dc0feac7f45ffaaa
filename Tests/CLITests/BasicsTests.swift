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
    ("top_k: 0\n", "top_k is '0' (from config.yaml), expected a whole number from 1 to 100"),
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

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionScriptsNameTheCommands(shell: String) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run("completions", shell)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("config"))
  }
}
