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
}
