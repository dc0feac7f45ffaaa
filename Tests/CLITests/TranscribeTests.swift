import Foundation
import Testing

/// The command line of `transcribe` as far as it needs no model.
@Suite struct TranscribeTests {
  private func outcome(_ arguments: String...) throws -> CommandRunner.Outcome {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    return try runner.run(arguments: ["transcribe"] + arguments)
  }

  @Test func mistakesAreNamed() throws {
    for (arguments, text) in [
      (["-", "--output-dir", "texts"], "no name for a file"),
      (["a.wav", "--overwrite"], "--overwrite needs --output-dir"),
      (["-", "-"], "one recording"), ([], "files"),
      (["a.wav", "--vad", "loud"], "silero"),
      (["a.wav", "--hallucination-silence-threshold", "0"], "above 0"),
      (
        [
          "a.wav", "--hallucination-silence-threshold", "1", "--word-timestamps", "--batch-size",
          "2",
        ],
        "cannot be decoded in batches"
      ),
      (["a.wav", "--batch-size", "0"], "batch-size"),
      (["a.wav", "--batch-size", "20", "--beam-size", "5"], "between 1 and 12"),
      (["a.wav", "--clip-timestamps", "5,2"], "ascending"),
      (["a.wav", "--format", "docx"], "lrc"),
    ] as [([String], String)] {
      let runner = try CommandRunner()
      defer { runner.cleanUp() }
      let outcome = try runner.run(arguments: ["transcribe"] + arguments)
      #expect(outcome.status != 0 && outcome.error.contains(text), "\(arguments): \(outcome.error)")
    }
  }

  @Test func aMissingRecordingIsNamed() throws {
    let found = try outcome("gone.wav", "--output-dir", "texts")
    #expect(found.status != 0 && found.error.contains("gone.wav"))
  }

  /// `eval wer` counts the texts of other programs beside the model's.
  @Test func textsOfOtherProgramsAreCounted() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let manager = FileManager.default
    for folder in ["recordings", "texts"] {
      try manager.createDirectory(
        at: runner.home.appending(path: folder), withIntermediateDirectories: true)
    }
    let ruth = CommandRunner.packageRoot.appending(
      path: "Sources/SwiftRAG/SampleLibrary/message-from-ruth.mp3")
    try manager.copyItem(at: ruth, to: runner.home.appending(path: "recordings/ruth.mp3"))
    func write(_ text: String, _ path: String) throws {
      try Data(text.utf8).write(to: runner.home.appending(path: path))
    }
    try write("One, two three four.", "recordings/ruth.txt")
    func outcome(_ transcripts: String) throws -> CommandRunner.Outcome {
      try runner.run(arguments: [
        "eval", "wer", "recordings", "--json", "--clip-timestamps", "0,2", "--transcripts",
        transcripts,
      ])
    }
    let missing = try outcome("other=texts")
    #expect(missing.status == 66 && missing.error.contains("texts/ruth.txt"), "\(missing.error)")
    try write("one three TREE four", "texts/ruth.txt")
    #expect(try outcome("texts").error.contains("LABEL=FOLDER"))
    struct Report: Decodable {
      let model: String
      let rate: Double
      let words: Int
      let realTimeFactor: Double?
    }
    let counted = try outcome("other=texts")
    let reports = try JSONDecoder().decode([Report].self, from: Data(counted.output.utf8))
    // "two" is missing, and "tree" is one too many.
    #expect(reports.map(\.model) == ["other", "default"])
    #expect(reports[0].rate == 0.5 && reports[0].words == 4 && reports[0].realTimeFactor == nil)
    #expect(reports[1].realTimeFactor ?? 0 > 0)
  }
}
