import Foundation
import Testing

/// Limits of what `bench` measures.
@Suite struct BenchTests {
  private static let tiny = CommandRunner.packageRoot
    .appending(path: "Tests/Fixtures/clip/tiny").path()

  @Test(arguments: [
    ["--seconds", "nan"], ["--seconds", "inf"], ["--seconds", "1e30"], ["--seconds", "0"],
    // The texts would be cut to the model's context, and the report would say 1000.
    ["--tokens", "1000"], ["--tokens", "1"], ["--batch", "0"], ["--batch", "5000"],
  ])
  func aMeasurementOfCLIPHasLimits(flags: [String]) throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(arguments: ["bench", "clip", "-m", Self.tiny, "--json"] + flags)
    #expect(outcome.status == 64, "\(outcome.error)")
    #expect(outcome.error.contains("\(flags[0]) must be between"), "\(outcome.error)")
  }

  @Test func picturesAndTextsAreMeasured() throws {
    struct Report: Decodable {
      let batch, tokens, peakResidentByteCount: Int
      let medianPicturesPerSecond, medianTextsPerSecond: Double
    }
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let outcome = try runner.run(
      "bench", "clip", "-m", Self.tiny, "--json", "--tokens", "5", "--batch", "2", "--seconds",
      "0.01")
    #expect(outcome.status == 0, "\(outcome.error)")
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.batch == 2 && report.tokens == 5 && report.peakResidentByteCount > 0)
    #expect(report.medianPicturesPerSecond > 0 && report.medianTextsPerSecond > 0)
  }
}
