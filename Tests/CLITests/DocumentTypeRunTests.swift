import Foundation
import Testing

/// Each type of document is added, found and cited by the place that a person looks up.
@Suite struct DocumentTypeRunTests {
  /// A runner with one fixture, or a text, in `docs`.
  private func runner(with file: String, text: String? = nil) throws -> CommandRunner {
    let runner = try CommandRunner()
    let folder = runner.home.appending(path: "docs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let target = folder.appending(path: file)
    if let text {
      try Data(text.utf8).write(to: target)
    } else {
      let fixture = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/documents/\(file)")
      try FileManager.default.copyItem(at: fixture, to: target)
    }
    return runner
  }

  @Test(arguments: [
    (
      "ferry.xlsx", "How much is a single ticket for a child?", "Single: 625.25",
      "sheet Prices, rows 1-7"
    ),
    ("harbour.pptx", "For how much was the crane bought second-hand?", "80,000", "slide 2"),
    ("garden.odt", "When are the roses pruned?", "February", "docs/garden.odt"),
    ("voyage.epub", "Who was made captain when the mast broke?", "cook", "chapter 'The Storm'"),
    (
      "letters.mbox", "What is the engineer of the boiler called?", "Ada Quill",
      "message 'Boiler service' of 2026-06-02"
    ),
    ("lease.rtf", "Who repairs the roof?", "landlord", "docs/lease.rtf"),
  ])
  func fixturesAreAnsweredWithTheirPlace(
    file: String, question: String, answer: String, place: String
  ) throws {
    let runner = try runner(with: file)
    defer { runner.cleanUp() }
    let outcome = try runner.run("run", "--docs", "docs", question)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains(answer), "\(outcome.output)")
    #expect(outcome.output.contains(place), "\(outcome.output)")
  }

  @Test(arguments: [
    (
      "tickets.csv", "Ticket,Single\nAdult,25\nBicycle,9\n",
      "How much is a single ticket for a bicycle?",
      "Bicycle | Single: 9", "rows 2-3"
    ),
    (
      "film.srt", "1\n00:01:05,000 --> 00:01:09,000\nThe treasure is buried under the old oak.\n",
      "Where is the treasure buried?", "old oak", "00:01:05-00:01:09"
    ),
    (
      "boat.py",
      "# Sails the boat to a harbour by the shortest route.\ndef sail(harbour):\n    return route(harbour)\n",
      "Which function sails the boat to a harbour?", "sail", "lines 1-3"
    ),
    (
      "people.json", "{\n  \"captain\": \"Greta Holm\",\n  \"cook\": \"Ivo Marsh\"\n}\n",
      "Who is the captain?",
      "Greta Holm", "lines 2-3"
    ),
  ])
  func textsAreAnsweredWithTheirPlace(
    file: String, text: String, question: String, answer: String, place: String
  ) throws {
    let runner = try runner(with: file, text: text)
    defer { runner.cleanUp() }
    // A folder's source code and JSON are passed over; the path of a file reads it.
    let outcome = try runner.run("run", "--docs", "docs/\(file)", question)
    #expect(outcome.output.contains(answer), "\(outcome.output)\(outcome.error)")
    #expect(outcome.output.contains(place), "\(outcome.output)")
  }

  @Test func jsonHasTheLocation() throws {
    let runner = try runner(with: "ferry.xlsx")
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      "run", "--docs", "docs", "--json", "How much is a single ticket for a child?")
    #expect(
      outcome.output.contains("\"location\" : \"sheet Prices, rows 1-7\"")
        || outcome.output.contains("\"location\":\"sheet Prices, rows 1-7\""))
  }

  /// An OLE file with the stream of a Word document.
  private static let oldWordFile: Data = {
    var bytes = [UInt8](repeating: 0, count: 2_048)
    bytes.replaceSubrange(0..<8, with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])
    bytes[30] = 9
    // The directory is sector 0, of which the first entry is the stream.
    let name = "WordDocument".utf8.flatMap { [$0, 0] as [UInt8] }
    bytes.replaceSubrange(512..<512 + name.count, with: name)
    bytes[512 + 64] = UInt8(name.count + 2)
    bytes.replaceSubrange(76..<80, with: [1, 0, 0, 0])
    bytes.replaceSubrange(1_024..<1_028, with: [0xFE, 0xFF, 0xFF, 0xFF])
    return Data(bytes)
  }()

  @Test func oldWordFilesNameTheProgramToInstall() throws {
    let runner = try runner(with: "old.doc", text: "")
    defer { runner.cleanUp() }
    try Self.oldWordFile.write(to: runner.home.appending(path: "docs/old.doc"))
    let outcome = try runner.run("add", "docs", environment: ["PATH": runner.home.path])
    #expect(
      (outcome.output + outcome.error).contains(
        "needs the program 'soffice'; install it with: sudo apt-get install libreoffice-writer-nogui"
      ),
      "\(outcome.output)\(outcome.error)")
  }

  /// A stand-in for LibreOffice that checks what it is given and writes a DOCX.
  @Test func oldWordFilesAreConverted() throws {
    let runner = try runner(with: "old.doc", text: "")
    defer { runner.cleanUp() }
    try Self.oldWordFile.write(to: runner.home.appending(path: "docs/old.doc"))
    let report = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/documents/report.docx")
    let tools = runner.home.appending(path: "tools")
    try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      case "$*" in *--headless*-env:UserInstallation=file://*/profile*--convert-to\\ docx*) ;; *) exit 3;; esac
      for last; do :; done
      case "$last" in */document.doc) ;; *) exit 4;; esac
      test -s "$HOME/profile/user/registrymodifications.xcu" || exit 5
      cp "\(report.path)" "$HOME/document.docx"
      """
    let program = tools.appending(path: "soffice")
    try Data(script.utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    let path = tools.path + ":/usr/bin:/bin"
    let outcome = try runner.run(
      "run", "--docs", "docs", "What is the report about?", environment: ["PATH": path])
    #expect(outcome.error.contains("1 added"), "\(outcome.output)\(outcome.error)")
    let folders = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
    #expect(!folders.contains { $0.hasPrefix("swiftrag-office") })
  }
}
