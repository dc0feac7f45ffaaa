import Foundation
import Testing

/// The output of each command off a terminal, compared with the files of `Tests/Fixtures/transcripts`.
///
/// `SWIFTRAG_RECORD_TRANSCRIPTS=1` writes the files anew: read the difference before you commit it.
@Suite struct TranscriptTests {
  private static let isRecording =
    ProcessInfo.processInfo.environment["SWIFTRAG_RECORD_TRANSCRIPTS"] == "1"

  @Test(arguments: Transcript.names)
  func everyCommandPrintsWhatItShould(name: String) throws {
    let transcript = try Transcript(name: name)
    let runner = try CommandRunner.forTranscripts()
    defer { runner.cleanUp() }
    var recorded: [Transcript.Entry] = []
    for entry in transcript.entries {
      let actual = try runner.transcribe(entry.command)
      let isExpected = entry.accepts(actual)
      recorded.append(entry.recording(actual))
      #expect(isExpected || Self.isRecording, "\(actual.text)expected:\n\(entry.text)")
      let all = (actual.output + actual.error).joined(separator: "\n")
      #expect(!all.contains("\u{1B}") && !all.contains("\r"), "\(entry.command)")
    }
    if Self.isRecording { try transcript.record(recorded) }
  }

  private static func entries() throws -> [Transcript.Entry] {
    try Transcript.names.flatMap { try Transcript(name: $0).entries }
  }

  // MARK: Errors

  /// Commands that print a finding before they fail because of it.
  private static let findings = ["index verify", "models verify", "doctor", "inspect", "bench llm"]

  /// Every exit code is one of sysexits.h, and an error is on standard error alone.
  @Test func errorsHaveTheirCodeAndStream() throws {
    let codes: Set<Int32> = [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78]
    let entries = try Self.entries()
    #expect(entries.count >= 60)
    for entry in entries {
      #expect(codes.contains(entry.status), "\(entry.command)")
      guard entry.status != 0 else {
        #expect(!entry.error.contains { $0.hasPrefix("error: ") }, "\(entry.command)")
        continue
      }
      #expect(entry.error.contains { $0.hasPrefix("error: ") }, "\(entry.command)")
      let mayPrint = Self.findings.contains { entry.command.contains("swiftrag " + $0) }
      #expect(entry.output.isEmpty || mayPrint, "\(entry.command)")
    }
  }

  /// Programs that a message may name beside swiftrag.
  private static let programs = [
    "curl", "df", "env", "export", "file", "head", "ls", "nano", "ollama", "rm", "sudo", "unset",
  ]

  /// Every error names the next command, and a command of swiftrag that it names exists.
  @Test func everyErrorNamesTheNextCommand() throws {
    let commands = try Self.commands()
    let leaves = commands.filter { one in
      !commands.contains { $0.count > one.count && $0.starts(with: one) }
    }
    for entry in try Self.entries() where entry.status != 0 {
      let named = entry.error.compactMap(Self.namedCommand)
      #expect(!named.isEmpty, "\(entry.text)")
      for words in named {
        guard words.first == "swiftrag" else {
          let isOther =
            Self.programs.contains(words[0]) || words[0].hasPrefix("-")
            || words.starts(with: ["the", "same", "command"])
          #expect(isOther, "\(entry.text)")
          continue
        }
        let rest = words.dropFirst()
        let isCommand =
          if rest.first == "help" {
            commands.contains { $0[...] == rest.dropFirst() }
          } else if let end = rest.firstIndex(of: "--help") {
            commands.contains { $0[...] == rest[..<end] }
          } else {
            leaves.contains { rest.starts(with: $0) }
          }
        #expect(isCommand, "\(entry.text)")
      }
    }
  }

  /// The words after `try: `, or in `See 'swiftrag …'`.
  private static func namedCommand(_ line: String) -> [String]? {
    for (start, end) in [("  try: ", Character("\n")), ("  See '", "'")] where line.hasPrefix(start)
    {
      return line.dropFirst(start.count).prefix { $0 != end }
        .split { $0 == " " || $0 == "," }.map(String.init)
    }
    return nil
  }

  // MARK: Commands

  /// The words of all commands, from the program's own description of itself.
  private static func commands() throws -> [[String]] {
    struct Tree: Decodable {
      let commandName: String
      let subcommands: [Tree]?
      let shouldDisplay: Bool?
      func words(after path: [String]) -> [[String]] {
        guard shouldDisplay != false else { return [] }
        return [path] + (subcommands ?? []).flatMap { $0.words(after: path + [$0.commandName]) }
      }
    }
    struct Dump: Decodable {
      let command: Tree
    }
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let dump = try runner.run("--experimental-dump-help")
    let tree = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
    return tree.words(after: [])
  }

  /// Each command is in a transcript where it fails, and the quick ones in one where it succeeds.
  @Test func everyCommandHasATranscript() throws {
    let entries = try Self.entries()
    for words in try Self.commands() where words != ["help"] {
      let name = (["swiftrag"] + words).joined(separator: " ")
      let own = entries.filter { ($0.command + " ").contains(name + " ") }
      #expect(own.contains { $0.status != 0 }, "\(name) fails in no transcript")
      #expect(own.contains { $0.status == 0 }, "\(name) succeeds in no transcript")
    }
  }

  // MARK: The format

  @Test func expectedLinesMayHaveGaps() {
    let text = "# about\n\n$ a\n= 0\n> x … z\n> …\n> end\n"
    let entry = Transcript(name: "a", text: text).entries[0]
    func accepts(_ output: String...) -> Bool {
      entry.accepts(Transcript.Entry(command: "a", output: output))
    }
    #expect(accepts("x y z", "1", "2", "end"))
    #expect(!accepts("x y", "1", "end"))
    #expect(!accepts("x y z", "end"))
    #expect(!accepts("x y z", "1", "end", "3"))
    #expect(Transcript(name: "a", text: text).head == ["# about"])
    #expect(Transcript(name: "a", text: entry.text).entries == [entry])
  }
}
