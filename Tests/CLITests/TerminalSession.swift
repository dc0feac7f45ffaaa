import Foundation

/// `swiftrag` on a terminal that the program `script` emulates; keys are bytes of its input.
final class TerminalSession {
  private let process = Process()
  private let keys = Pipe()
  private let file: URL

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - arguments: words without spaces.
  ///   - runner: its home folder is the working folder.
  ///   - environment: variables beside HOME, PATH and TERM.
  /// - Throws: the error of a program that does not start.
  init(
    _ arguments: [String], in runner: CommandRunner, environment: [String: String] = [:]
  ) throws {
    file = runner.home.appending(path: "screen-\(UUID().uuidString)")
    try Data().write(to: file)
    process.executableURL = URL(filePath: "/usr/bin/script")
    // A shell that stays receives Ctrl-C as well, and its status is 130 whatever the program's is.
    let command = (["exec", CommandRunner.executable.path] + arguments).joined(separator: " ")
    process.arguments = ["-qec", command, "/dev/null"]
    process.currentDirectoryURL = runner.home
    process.environment = [
      "HOME": runner.home.path, "PATH": "/usr/bin:/bin", "TERM": "dumb", "LC_ALL": "C.UTF-8",
    ].merging(environment) { $1 }
    process.standardInput = keys
    process.standardOutput = try FileHandle(forWritingTo: file)
    process.standardError = process.standardOutput
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  /// The text that the terminal has shown, without carriage returns.
  ///
  /// A carriage return and the line feed after it would be one character.
  var screen: String {
    let data = (try? Data(contentsOf: file)) ?? Data()
    return String(decoding: data.filter { $0 != 13 }, as: UTF8.self)
  }

  /// Waits up to 3 minutes, which a machine that runs all tests at once can take, until the terminal has shown a text at least this number of times.
  func shows(_ text: String, times: Int = 1) -> Bool {
    waits { $0.components(separatedBy: text).count > times }
  }

  /// Waits as long until the terminal has shown this many characters.
  func shows(characterCount: Int) -> Bool { waits { $0.count >= characterCount } }

  private func waits(until isReached: (String) -> Bool) -> Bool {
    for _ in 0..<3600 {
      if isReached(screen) { return true }
      usleep(50_000)
    }
    return false
  }

  /// Types a line.
  func enter(_ line: String) { type(line + "\n") }

  /// Presses keys, which may be escape sequences; Return is `\r` where a line is edited.
  func type(_ keys: String) { self.keys.fileHandleForWriting.write(Data(keys.utf8)) }

  /// Presses Ctrl and a letter.
  func control(_ letter: Character) {
    keys.fileHandleForWriting.write(Data([(letter.asciiValue ?? 0) & 0x1F]))
  }

  /// Presses Ctrl-D until the program ends.
  ///
  /// Keys before the next prompt go to the terminal, not to the editor, so the key is repeated.
  ///
  /// - Returns: its exit status; nil if it goes on after 3 minutes.
  func exitStatusAtControlD() -> Int32? {
    for _ in 0..<360 where process.isRunning {
      control("d")
      usleep(500_000)
    }
    return process.isRunning ? nil : exitStatus()
  }

  /// Waits for the end of the program.
  ///
  /// - Returns: its exit status.
  func exitStatus() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
