import Documents
import Foundation
import Testing

@testable import Store

/// Recordings through the program: transcribed by the bundled model, answered from and cited by time.
@Suite struct RecordingTests {
  private let runner: CommandRunner
  /// The bundled models without a speech model.
  private let silentModels: URL
  private static let samples = CommandRunner.packageRoot
    .appending(path: "Sources/SwiftRAG/SampleLibrary")
  private static let models = CommandRunner.packageRoot.appending(path: "models")

  init() throws {
    runner = try CommandRunner()
    silentModels = runner.home.appending(path: "models-without-speech")
    for folder in [silentModels, runner.home.appending(path: "docs")] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      at: silentModels.appending(path: "embeddings"),
      withDestinationURL: Self.models.appending(path: "embeddings"))
    try FileManager.default.copyItem(
      at: Self.samples.appending(path: "message-from-ruth.mp3"),
      to: runner.home.appending(path: "docs/message.mp3"))
    try Data("The tide turns at noon on Saturday, says the harbour master.".utf8)
      .write(to: runner.home.appending(path: "docs/tide.txt"))
  }

  private func run(
    _ arguments: String..., speech: Bool = true
  ) throws -> CommandRunner.Outcome {
    try runner.run(
      arguments: arguments,
      environment: ["SWIFTRAG_MODELS": speech ? Self.models.path : silentModels.path])
  }

  private struct Found: Decodable {
    struct Citation: Decodable {
      let kind: String
      let type: String
      let startSeconds: Double?
      let endSeconds: Double?
    }
    let citation: Citation
    let text: String
  }

  @Test func aQuestionIsAnsweredFromARecordingAndCitedToTheSecond() throws {
    defer { runner.cleanUp() }
    let answer = try run("run", "--docs", "docs", "Who will sing the part of the queen?")
    #expect(answer.status == 0, "\(answer.error)")
    #expect(answer.output.contains("Clara will sing the part of the queen"))
    // The sentence is said between 13 and 19 s.
    let place = try #require(
      answer.output.firstMatch(of: /message\.mp3 00:00:(\d\d)-00:00:(\d\d)/), "\(answer.output)")
    let (start, end) = (Int(place.1) ?? 0, Int(place.2) ?? 0)
    #expect((10...14).contains(start) && (17...20).contains(end), "\(answer.output)")
    #expect(answer.error.contains("2 added"))

    let found = try JSONDecoder().decode(
      [Found].self,
      from: Data(try run("search", "practice in the old cinema", "--json").output.utf8))
    let first = try #require(found.first)
    #expect(first.citation.kind == "sound" && first.citation.type == "recording")
    #expect(first.citation.startSeconds.map { $0 < 1 } == true)
    #expect(first.citation.endSeconds.map { $0 > 25 } == true)

    let list = try run("index", "ls")
    #expect(list.output.contains("docs/message.mp3  (1 chunk, "), "\(list.output)")
    #expect(list.output.lowercased().contains("english"))

    // Nothing is transcribed twice: not by a rebuild, and not for a copy.
    let copy = runner.home.appending(path: "docs/copy.mp3")
    try FileManager.default.copyItem(
      at: runner.home.appending(path: "docs/message.mp3"), to: copy)
    for arguments in [["index", "rebuild"], ["add", "docs"]] {
      let outcome = try runner.run(
        arguments: arguments, environment: ["SWIFTRAG_MODELS": Self.models.path])
      #expect(outcome.status == 0 && !outcome.output.contains("of sound"), "\(outcome.output)")
    }
    #expect(try run("index", "verify").status == 0)
  }

  @Test func withoutASpeechModelARecordingIsNamed() throws {
    defer { runner.cleanUp() }
    let outcome = try run("add", "docs", speech: false)
    #expect(outcome.status == 0 && outcome.output.hasPrefix("1 added, 1 skipped"))
    #expect(outcome.error.contains("docs/message.mp3: not read: no speech model;"))
    #expect(outcome.error.contains("swiftrag models pull whisper-base"))
    #expect(try run("index", "ls", speech: false).output.contains("no speech model"))
  }

  @Test(arguments: [
    ("empty.mp3", [UInt8](), "contains no text"),
    ("words.mp3", Array("words and nothing else".utf8), "not a recording in WAV"),
    ("cut.wav", Array("RIFF\u{0}\u{0}\u{0}\u{0}WAVE".utf8), "damaged"),
    ("cut.ogg", Array("OggS".utf8), "damaged"),
  ])
  func aDamagedRecordingIsNamedAndTheRestIndexed(
    name: String, bytes: [UInt8], reason: String
  ) throws {
    defer { runner.cleanUp() }
    try FileManager.default.removeItem(at: runner.home.appending(path: "docs/message.mp3"))
    try Data(bytes).write(to: runner.home.appending(path: "docs/" + name))
    let outcome = try run("add", "docs")
    #expect(outcome.status == 0 && outcome.output.hasPrefix("1 added, 1 skipped"))
    #expect(
      outcome.error.contains("docs/\(name): ") && outcome.error.contains(reason), "\(outcome.error)"
    )
  }

  @Test func ctrlCKeepsTheWindowsThatAreDone() throws {
    defer { runner.cleanUp() }
    // Frames of MP3 may follow each other, so this is the message three times.
    let message = try Data(contentsOf: runner.home.appending(path: "docs/message.mp3"))
    try FileManager.default.removeItem(at: runner.home.appending(path: "docs/message.mp3"))
    try (message + message + message).write(to: runner.home.appending(path: "docs/long.mp3"))
    let process = Process()
    process.executableURL = CommandRunner.executable
    process.arguments = ["add", "docs"]
    process.currentDirectoryURL = runner.home
    process.environment = [
      "HOME": runner.home.path, "PATH": "/usr/bin:/bin", "SWIFTRAG_MODELS": Self.models.path,
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let deadline = Date(timeIntervalSinceNow: 240)
    while try done() == nil, process.isRunning, Date() < deadline {
      Thread.sleep(forTimeInterval: 0.05)
    }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let first = try #require(try done())
    #expect(first.seconds > 0 && first.seconds < first.of, "\(first)")
    #expect(try run("index", "ls").output.contains("tide.txt"))

    // The next run transcribes the rest alone.
    let second = try run("add", "docs")
    #expect(second.output.hasPrefix("1 added, 1 unchanged"), "\(second.output)\(second.error)")
    let rest = try #require(
      second.output.firstMatch(of: /chunks?, (?:(\d) min )?(\d+) s of sound/))
    let seconds = 60 * (rest.1.flatMap { Int($0) } ?? 0) + (Int(rest.2) ?? 0)
    #expect(abs(Double(seconds) - (first.of - first.seconds)) <= 1, "\(second.output), \(first)")

    // The text is that of a run without the interruption.
    let continued = try parts()
    try FileManager.default.removeItem(at: runner.home.appending(path: ".local/share/swiftrag"))
    #expect(try run("add", "docs").status == 0)
    #expect(try parts() == continued && !continued.isEmpty)
  }

  /// The speech of the one transcript, with its times.
  private func parts() throws -> [TranscriptPart] {
    let json = try #require(try transcript("parts"))
    return try JSONDecoder().decode([TranscriptPart].self, from: Data(json.utf8))
  }

  /// The seconds of the one transcript that are done, of all; nil before the first window.
  private func done() throws -> (seconds: Double, of: Double)? {
    let numbers =
      try transcript("doneMilliseconds || ' ' || milliseconds")?.split(separator: " ")
      .compactMap { Double($0) } ?? []
    return numbers.count == 2 ? (numbers[0] / 1_000, numbers[1] / 1_000) : nil
  }

  /// Columns of the one transcript; nil before the first window.
  private func transcript(_ columns: String) throws -> String? {
    let path = runner.home.appending(path: ".local/share/swiftrag/index.sqlite").path
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let index = try IndexStore.open(path: path, mode: .readOnly)
    return try index.rowsForTesting("SELECT \(columns) FROM transcript").first
  }
}
