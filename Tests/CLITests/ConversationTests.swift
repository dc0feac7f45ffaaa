import Foundation
import Testing

/// A conversation on a terminal that `script` emulates; keys are bytes of its input.
@Suite struct ConversationTests {
  /// Waits until the terminal has shown `text` more than `count` times.
  private func wait(for text: String, in screen: URL, count: Int) throws -> Bool {
    for _ in 0..<600 {
      // A carriage return and the line feed after it would be one character.
      let shown = String(
        decoding: try Data(contentsOf: screen).filter { $0 != 13 }, as: UTF8.self)
      if shown.components(separatedBy: text).count > count { return true }
      usleep(50_000)
    }
    return false
  }

  /// A model of random weights on the scalar kernels, which generates for minutes.
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
      // Long enough to load the model and to start generating.
      usleep(2_000_000)
      keys.fileHandleForWriting.write(Data([3]))
      #expect(try wait(for: "\ninterrupted\n", in: screen, count: round), "round \(round)")
      #expect(try wait(for: "\n> ", in: screen, count: round + 1))
    }
    // At the prompt Ctrl-C ends the program.
    keys.fileHandleForWriting.write(Data([3]))
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
  }
}
