import Foundation
import Testing

/// Names in configuration files that are not settings.
@Suite struct ConfigurationWarningTests {
  private static let fixtures = CommandRunner.packageRoot.appending(path: "Tests/Fixtures")
  private static let clip = fixtures.appending(path: "clip/tiny").path()
  private static let whisper = fixtures.appending(path: "whisper/tiny.pt").path()

  /// A model may be looked for as a CLIP first, then as a sentence encoder or a language model.
  @Test(arguments: [
    ["embed", "a text"], ["embed", "-m", "all-MiniLM-L6-v2", "a text"],
    ["embed", "-m", clip, "the cat"], ["similar", "-m", "all-MiniLM-L6-v2", "a text", "a word"],
    ["tokenize", "a text"], ["tokenize", "-m", "all-MiniLM-L6-v2", "a text"],
    ["tokenize", "-m", clip, "the cat"],
    ["eval", "wer", "HOME", "-m", whisper, "-m", whisper, "--clip-timestamps", "0,0"],
  ])
  func anUnknownNameIsReportedOnce(arguments: [String]) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try Data("favourite_colour: blue\n".utf8)
      .write(to: runner.home.appending(path: "config.yaml"))
    try FileManager.default.copyItem(
      at: Self.fixtures.appending(path: "sound/s16.wav"),
      to: runner.home.appending(path: "s16.wav"))
    try Data("a word".utf8).write(to: runner.home.appending(path: "s16.txt"))
    let outcome = try runner.run(
      arguments: arguments.map { $0 == "HOME" ? runner.home.path() : $0 })
    // The fixture of Whisper has too few ids for a tokenizer: `eval wer` ends after the warnings.
    #expect(outcome.status == (arguments[0] == "eval" ? 65 : 0), "\(outcome.error)")
    let warnings = outcome.error.components(separatedBy: "'favourite_colour' is not a setting")
    #expect(warnings.count == 2, "\(outcome.error)")
  }
}
