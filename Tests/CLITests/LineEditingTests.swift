import Foundation
import Testing

/// Questions are edited, kept and pasted in a conversation on a terminal with a line editor.
@Suite struct LineEditingTests {
  private func museum() throws -> CommandRunner {
    let runner = try CommandRunner()
    try Data(
      "The museum of Harpville opens at 6:00.\n\nA ticket in Harpville costs 9 crowns.\n".utf8
    )
    .write(to: runner.home.appending(path: "a.txt"))
    return runner
  }

  /// A conversation whose answers are quotations, at its first prompt.
  private func session(
    _ runner: CommandRunner, environment: [String: String] = [:]
  ) throws -> TerminalSession {
    let session = try TerminalSession(
      ["run", "--docs", "a.txt", "--backend", "quote", "--color", "never"], in: runner,
      environment: ["TERM": "xterm"].merging(environment) { $1 })
    #expect(showsPrompt(session, 1))
    return session
  }

  /// Waits for a prompt: the editor turns on bracketed paste, takes over the keys, and writes it.
  ///
  /// Keys before it would go to the terminal, which keeps them as a line of its own.
  private func showsPrompt(_ session: TerminalSession, _ number: Int) -> Bool {
    session.shows("\u{1B}[?2004h> ", times: number)
  }

  private func questions(_ runner: CommandRunner) -> String {
    let path = runner.home.appending(path: ".local/state/swiftrag/history").path
    return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  @Test func aLineIsEditedBeforeItIsAsked() throws {
    let runner = try museum()
    defer { runner.cleanUp() }
    let session = try session(runner)
    // Left twice over wide characters, backspace, and the right letters.
    session.type("What does a ticket xy图\u{1B}[D\u{7F}\u{7F}in Harpville cost?\u{4}\r")
    #expect(session.shows("costs 9 crowns. [1]") && showsPrompt(session, 2))
    #expect(questions(runner) == "What does a ticket in Harpville cost?\n")
    // Ctrl-C clears the line and the conversation goes on; arrow up brings the question back.
    session.type("nonsense\u{3}")
    #expect(session.shows("^C"))
    session.type("\u{1B}[A\r")
    #expect(session.shows("costs 9 crowns. [1]", times: 2) && showsPrompt(session, 3))
    #expect(session.exitStatusAtControlD() == 0)
    #expect(questions(runner) == "What does a ticket in Harpville cost?\n")
  }

  @Test func aPastedTextIsOneQuestion() throws {
    let runner = try museum()
    defer { runner.cleanUp() }
    let first = try session(runner)
    first.type("\u{1B}[200~When does the museum\nof Harpville\nopen?\n\u{1B}[201~\r")
    #expect(first.shows("opens at 6:00") && showsPrompt(first, 2))
    #expect(questions(runner) == "When does the museum of Harpville open?\n")
    // A second conversation has the question of the first.
    #expect(first.exitStatusAtControlD() == 0)
    let next = try session(runner)
    next.type("\u{1B}[A\r")
    #expect(next.shows("opens at 6:00") && showsPrompt(next, 2))
    #expect(next.exitStatusAtControlD() == 0)
  }

  @Test func questionsAreNotKeptWherePeopleSaySo() throws {
    let runner = try museum()
    defer { runner.cleanUp() }
    let session = try session(runner, environment: ["SWIFTRAG_HISTORY": "off"])
    session.type("When does the museum open?\r")
    #expect(session.shows("opens at 6:00") && showsPrompt(session, 2))
    #expect(session.exitStatusAtControlD() == 0)
    #expect(questions(runner) == "")
  }
}
