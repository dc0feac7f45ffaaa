import Foundation
import Testing

/// A conversation on a terminal.
@Suite struct ConversationTests {
  @Test(arguments: ["dumb", "xterm"])
  func controlCStopsAnAnswerAndNoMore(terminal: String) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try EndlessModel.make(in: runner)
    try Data("Every morning at 6:00 the museum of Harpville opens.\n".utf8)
      .write(to: runner.home.appending(path: "a.txt"))
    let session = try TerminalSession(
      ["run", "--docs", "a.txt", "--color", "never"] + EndlessModel.options, in: runner,
      environment: ["TERM": terminal])
    // An editor turns on bracketed paste before its prompt.
    let prompt = terminal == "dumb" ? "\n> " : "\u{1B}[?2004h> "
    #expect(session.shows(prompt))
    for round in 1...2 {
      let question = "When does the museum of Harpville open?"
      let shown = session.screen.count
      session.enter(question)
      // Until the line is read, Ctrl-C would clear it. The answer comes after its echo.
      #expect(session.shows(characterCount: shown + question.count + 40), "\(session.screen)")
      session.control("c")
      #expect(
        session.shows("\ninterrupted\n", times: round), "round \(round): \(session.screen)")
      // Before the prompt, another Ctrl-C counts as the second one of the same answer.
      #expect(session.shows(prompt, times: round + 1), "round \(round): \(session.screen)")
      usleep(200_000)
    }
    // At the prompt Ctrl-C ends the program where no line is edited, and otherwise clears the line.
    session.control("c")
    if terminal == "dumb" {
      #expect(session.exitStatus() == 130)
    } else {
      #expect(session.shows("^C", times: 3))
      #expect(session.exitStatusAtControlD() == 0)
    }
  }

  /// A change of the files in use is said once, before the next answer, and also where a file appears.
  @Test func aChangedConfigurationIsSaid() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try Data("Every morning at 6:00 the museum of Harpville opens.\n".utf8)
      .write(to: runner.home.appending(path: "a.txt"))
    let session = try TerminalSession(
      ["run", "--docs", "a.txt", "--color", "never"], in: runner,
      environment: ["SWIFTRAG_OFFLINE": "1"])
    let question = "When does the museum of Harpville open?"
    #expect(session.shows("\n> "))
    session.enter(question)
    #expect(session.shows("\n> ", times: 2), "\(session.screen)")
    #expect(!session.screen.contains("has changed"))
    let note = "config.yaml has changed; it takes effect with the next command"
    for (round, text) in ["top_k: 3\n", "top_k: 12\n"].enumerated() {
      try Data(text.utf8).write(to: runner.home.appending(path: "config.yaml"))
      for answer in 1...2 {
        session.enter(question)
        #expect(session.shows("\n> ", times: 2 * round + 2 + answer), "\(session.screen)")
        #expect(session.screen.components(separatedBy: note).count == round + 2)
      }
    }
    session.enter("/quit")
    #expect(session.exitStatus() == 0)
  }
}
