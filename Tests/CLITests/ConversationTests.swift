import Foundation
import Testing

/// A conversation on a terminal, which `script` makes; keys are bytes of its input.
@Suite struct ConversationTests {
  /// Waits until the terminal shows `text`, behind what it showed before.
  private func wait(for text: String, in screen: URL, count: Int) throws -> Bool {
    for _ in 0..<600 {
      // The terminal's line ends would be one character with the line feed.
      let shown = String(
        decoding: try Data(contentsOf: screen).filter { $0 != 13 }, as: UTF8.self)
      if shown.components(separatedBy: text).count > count { return true }
      usleep(50_000)
    }
    return false
  }

  /// The scalar kernels and a model of random weights, which goes on for minutes.
  @Test func controlCStopsAnAnswerAndNoMore() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let made = try runner.run(
      "bench", "model", "--arch", "llama2", "--type", "f32", "--out", "slow.gguf")
    #expect(made.status == 0, "\(made.error)")
    try Data("Every morning at 6:00 the museum of Harpville opens.\n".utf8)
      .write(to: runner.home.appending(path: "a.txt"))
    let screen = runner.home.appending(path: "screen")
    try Data().write(to: screen)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/script")
    process.arguments = [
      "-qec",
      "\(CommandRunner.executable.path) run --docs a.txt -m slow.gguf --kernels reference -n 100000 --color never",
      "/dev/null",
    ]
    process.currentDirectoryURL = runner.home
    process.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin", "TERM": "dumb"]
    let keys = Pipe()
    process.standardInput = keys
    process.standardOutput = try FileHandle(forWritingTo: screen)
    process.standardError = process.standardOutput
    try process.run()
    defer { process.terminate() }
    #expect(try wait(for: "\n> ", in: screen, count: 1))
    for round in 1...2 {
      keys.fileHandleForWriting.write(
        Data("When does the museum of Harpville open?\n".utf8))
      // Long enough for the model to be loaded and to have begun.
      usleep(2_000_000)
      keys.fileHandleForWriting.write(Data([3]))
      #expect(try wait(for: "\ninterrupted\n", in: screen, count: round), "round \(round)")
      #expect(try wait(for: "\n> ", in: screen, count: round + 1))
    }
    // At the prompt it ends the program, as it does elsewhere.
    keys.fileHandleForWriting.write(Data([3]))
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
  }
}
