import Foundation
import Testing

/// Names in listings, files of other types, and paths that match nothing.
@Suite struct ListingTests {
  private func withDocuments(
    _ documents: [String: String], _ body: (CommandRunner) throws -> Void
  ) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    for (name, text) in documents {
      let file = runner.home.appending(path: "docs/" + name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try body(runner)
  }

  /// A name with a line feed or an escape sequence stays one line of every list.
  @Test func namesCannotForgeLines() throws {
    let name = "a\nskipped b\u{1B}[31m\u{202E}.txt"
    let shown = "a\\nskipped b\\u{1b}[31m\\u{202e}.txt"
    try withDocuments([name: "The lamp is number 9.", "bad\n.docx": "PK\u{3}\u{4}"]) { runner in
      let plan = try runner.run("add", "docs", "--dry-run")
      #expect(plan.output == "docs/\(shown)\ndocs/bad\\n.docx\n")
      let added = try runner.run("add", "docs")
      #expect(added.error.contains("skipped docs/bad\\n.docx: "))
      let outputs = try [
        runner.run("index", "ls").output, runner.run("search", "lamp").output,
        runner.run("run", "--docs", "docs", "Which number is the lamp?").output,
        runner.run("index", "rm", "docs").output,
      ]
      for output in outputs { #expect(output.contains(shown), "\(output)") }
      let missing = try runner.run("add", "no\nfile\u{1B}")
      #expect(missing.error.contains("no\\nfile\\u{1b}: no such file"))
    }
  }

  @Test func filesOfOtherTypesAreCountedInOneLine() throws {
    let documents = ["a.txt": "Words.", "b.xyz": "x", "c.XYZ": "x", "d.qqq": "x", "noending": "x"]
    try withDocuments(documents) { runner in
      let added = try runner.run("add", "docs")
      #expect(
        added.error.contains(
          "not read: 4 files of other types (2 .xyz, 1 without extension, 1 .qqq)"))
      #expect(added.output.hasPrefix("1 added"))
    }
  }

  @Test func aPathThatMatchesNothingIsSaid() throws {
    let documents = ["What?/a.txt": "The lamp is brass.", "b*[1]/c.txt": "The lamp is tin."]
    try withDocuments(documents) { runner in
      _ = try runner.run("add", "docs")
      let none = try runner.run("search", "lamp", "--path", "*.pdf")
      #expect(none.output.isEmpty)
      #expect(none.error.contains("--path *.pdf matches no document in the index"))
      for (folder, word, other) in [("What?", "brass", "tin"), ("b*[1]", "tin", "brass")] {
        let found = try runner.run("search", "lamp", "--path", "docs/" + folder)
        #expect(found.output.contains(word) && !found.output.contains(other))
        #expect(found.error.isEmpty)
      }
    }
  }

  @Test func versionFlagAndOddWidths() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let version = try runner.run("--version")
    let command = try runner.run("version")
    #expect(version.status == 0 && version.output == command.output)
    for width in ["0", "-5", "1", "3", "39", "100000000000", "x", ""] {
      let help = try runner.run("add", "--help", environment: ["COLUMNS": width])
      #expect(help.status == 0 && help.output.contains("--dry-run"), "COLUMNS=\(width)")
    }
  }

  /// `add` and `run` say the same about what was indexed.
  @Test func aLanguageThatTheEncoderHardlyKnowsIsSaid() throws {
    let text = "Арендодатель поддерживает крышу и наружные стены дома в хорошем состоянии."
    try withDocuments(["a.txt": text]) { runner in
      for arguments in [["run", "--docs", "docs", "Кто чинит крышу?"], ["index", "rebuild"]] {
        let outcome = try runner.run(arguments: arguments)
        #expect(outcome.error.contains("hardly knows"), "\(outcome.error)")
      }
    }
  }

  @Test func theLibrariesOfTheProgramAreFound() throws {
    try withDocuments([:]) { runner in
      let doctor = try runner.run("doctor")
      #expect(doctor.output.contains("of Debian's libraries are loaded"), "\(doctor.output)")
    }
  }

  /// A guess of an encoding is said with the file's name, without any flag.
  @Test func doubtfulEncodingsAreSaid() throws {
    try withDocuments([:]) { runner in
      let file = runner.home.appending(path: "gb.txt")
      try Data([0xC2, 0xEB, 0xCD, 0xB7]).write(to: file)
      #expect(try runner.run("add", "gb.txt").error.contains("gb.txt: the encoding is a guess"))
    }
  }
}
