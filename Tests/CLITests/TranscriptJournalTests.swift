import Foundation
import Testing

@testable import CLI
@testable import Generation

/// The file with the windows of an unfinished transcription.
@Suite struct TranscriptJournalTests {
  private func segment(_ id: Int, end: Double) -> TranscriptSegment {
    TranscriptSegment(
      id: id, seek: 0, start: 0, end: end, text: " a", tokens: [1], temperature: 0,
      averageLogProbability: -0.1, compressionRatio: 1, noSpeechProbability: 0)
  }

  /// A time that no clock shows, as in an edited file, ends what is continued.
  @Test func timesOutOfRangeAreNotContinued() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var journal = TranscriptJournal(path: folder.appending(path: "a.resume").path())
    #expect(try journal.open(fingerprint: "f") == nil)
    var position = TranscriptionPosition(
      language: "en", seek: 3_000, clip: 0, windowCount: 1, prompt: [], lastSpeech: 0)
    try journal.append(position, [segment(0, end: 29)])
    position.seek = 6_000
    try journal.append(position, [segment(1, end: 1e300)])
    let state = try #require(try journal.open(fingerprint: "f"))
    #expect(state.position.seek == 3_000 && state.segments == [segment(0, end: 29)])
  }
}
