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
  @Test(arguments: ["dumb", "xterm"])
  func controlCStopsAnAnswerAndNoMore(terminal: String) throws {
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
    // A shell that stays receives Ctrl-C as well, and its status is 130 whatever the program's is.
    process.arguments = [
      "-qec",
      "exec \(CommandRunner.executable.path) run --docs a.txt -m slow.gguf --kernels reference -n 100000 --color never",
      "/dev/null",
    ]
    process.currentDirectoryURL = runner.home
    process.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin", "TERM": terminal]
    let keys = Pipe()
    process.standardInput = keys
    process.standardOutput = try FileHandle(forWritingTo: screen)
    process.standardError = process.standardOutput
    try process.run()
    defer { process.terminate() }
    #expect(try wait(for: "> ", in: screen, count: 1))
    for round in 1...2 {
      keys.fileHandleForWriting.write(
        Data("When does the museum of Harpville open?\n".utf8))
      // Long enough to load the model and to start generating.
      usleep(2_000_000)
      keys.fileHandleForWriting.write(Data([3]))
      #expect(try wait(for: "\ninterrupted\n", in: screen, count: round), "round \(round)")
      // An editor turns on bracketed paste before its prompt. Before the prompt, another Ctrl-C counts
      // as the second one of the same answer.
      let prompt = terminal == "dumb" ? "\n> " : "\u{1B}[?2004h"
      #expect(try wait(for: prompt, in: screen, count: round + 1))
      usleep(200_000)
    }
    // At the prompt Ctrl-C ends the program where no line is edited, and otherwise clears the line.
    keys.fileHandleForWriting.write(Data([3]))
    if terminal != "dumb" { #expect(try wait(for: "^C", in: screen, count: 3)) }
    for _ in 0..<60 where process.isRunning {
      if terminal != "dumb" { keys.fileHandleForWriting.write(Data([4])) }
      usleep(500_000)
    }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == (terminal == "dumb" ? 130 : 0))
  }

  /// A conversation whose answers are quotations, on a terminal with a line editor.
  private final class Session {
    let runner: CommandRunner
    let screen: URL
    private let process = Process()
    private let keys = Pipe()

    init(_ runner: CommandRunner, environment: [String: String] = [:]) throws {
      self.runner = runner
      screen = runner.home.appending(path: "screen-\(UUID().uuidString)")
      try Data().write(to: screen)
      process.executableURL = URL(filePath: "/usr/bin/script")
      process.arguments = [
        "-qec",
        "\(CommandRunner.executable.path) run --docs a.txt --backend quote --color never",
        "/dev/null",
      ]
      process.currentDirectoryURL = runner.home
      process.environment = [
        "HOME": runner.home.path, "PATH": "/usr/bin:/bin", "TERM": "xterm",
      ].merging(environment) { $1 }
      process.standardInput = keys
      process.standardOutput = try FileHandle(forWritingTo: screen)
      process.standardError = process.standardOutput
      try process.run()
    }

    func type(_ text: String) { keys.fileHandleForWriting.write(Data(text.utf8)) }

    /// The exit status once the conversation has ended; nil if Ctrl-D does not end it.
    ///
    /// Keys before the next prompt go to the terminal, not to the editor, so the key is repeated.
    func end() -> Int32? {
      for _ in 0..<60 where process.isRunning {
        type("\u{4}")
        usleep(500_000)
      }
      guard !process.isRunning else {
        process.terminate()
        return nil
      }
      return process.terminationStatus
    }
  }

  private func museum() throws -> CommandRunner {
    let runner = try CommandRunner()
    try Data(
      "The museum of Harpville opens at 6:00.\n\nA ticket in Harpville costs 9 crowns.\n".utf8
    )
    .write(to: runner.home.appending(path: "a.txt"))
    return runner
  }

  private func questions(_ runner: CommandRunner) -> String {
    let path = runner.home.appending(path: ".local/state/swiftrag/history").path
    return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  @Test func aLineIsEditedBeforeItIsAsked() throws {
    let runner = try museum()
    defer { runner.cleanUp() }
    let session = try Session(runner)
    #expect(try wait(for: "> ", in: session.screen, count: 1))
    // Left twice over wide characters, backspace, and the right letters.
    session.type("What does a ticket xy图\u{1B}[D\u{7F}\u{7F}in Harpville cost?\u{4}\r")
    #expect(try wait(for: "costs 9 crowns", in: session.screen, count: 1))
    #expect(questions(runner) == "What does a ticket in Harpville cost?\n")
    // Ctrl-C clears the line and the conversation goes on; arrow up brings the question back.
    session.type("nonsense\u{3}\u{1B}[A\r")
    #expect(try wait(for: "costs 9 crowns", in: session.screen, count: 2))
    #expect(try wait(for: "^C", in: session.screen, count: 1))
    #expect(session.end() == 0)
    #expect(questions(runner) == "What does a ticket in Harpville cost?\n")
  }

  @Test func aPastedTextIsOneQuestion() throws {
    let runner = try museum()
    defer { runner.cleanUp() }
    let session = try Session(runner)
    #expect(try wait(for: "> ", in: session.screen, count: 1))
    session.type("\u{1B}[200~When does the museum\nof Harpville\nopen?\n\u{1B}[201~\r")
    #expect(try wait(for: "opens at 6:00", in: session.screen, count: 1))
    #expect(questions(runner) == "When does the museum of Harpville open?\n")
    // A second conversation has the question of the first.
    #expect(session.end() == 0)
    let next = try Session(runner)
    #expect(try wait(for: "> ", in: next.screen, count: 1))
    next.type("\u{1B}[A\r")
    #expect(try wait(for: "opens at 6:00", in: next.screen, count: 1))
    #expect(next.end() == 0)
  }

  @Test func questionsAreNotKeptWherePeopleSaySo() throws {
    let runner = try museum()
    defer { runner.cleanUp() }
    let session = try Session(runner, environment: ["SWIFTRAG_HISTORY": "off"])
    #expect(try wait(for: "> ", in: session.screen, count: 1))
    session.type("When does the museum open?\r")
    #expect(try wait(for: "opens at 6:00", in: session.screen, count: 1))
    #expect(session.end() == 0)
    #expect(questions(runner) == "")
  }
}
