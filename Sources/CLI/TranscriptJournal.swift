internal import Bytes
internal import Foundation
internal import Generation

/// The windows that an unfinished transcription has done: a line of JSON for each, after a line that
/// says what the transcription depends on.
///
/// A line that a crash cut is as if it had not been written.
struct TranscriptJournal {
  let path: String

  private struct Header: Codable {
    /// Raised when positions or segments change their meaning.
    static let currentVersion = 1
    var version = currentVersion
    var fingerprint: String
  }

  private struct Entry: Codable {
    var position: TranscriptionPosition
    var segments: [TranscriptSegment]

    /// Whether all times can be written as hours, minutes and seconds: a file may have been edited.
    var hasUsableTimes: Bool {
      let times = segments.flatMap { segment in
        [segment.start, segment.end] + (segment.words ?? []).flatMap { [$0.start, $0.end] }
      }
      // As many seconds as clips may have, 31 years.
      return times.allSatisfy { (0...1e9).contains($0) }
    }
  }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Opens the journal, which begins anew where it belongs to other settings or another recording.
  ///
  /// - Parameter fingerprint: what the transcription depends on.
  /// - Returns: where to continue; nil at the beginning.
  /// - Throws: `BytesError` where the file cannot be written.
  mutating func open(fingerprint: String) throws -> TranscriptionState? {
    var (position, segments) = (TranscriptionPosition?.none, [TranscriptSegment]())
    var kept: [Data] = []
    let contents = FileManager.default.contents(atPath: path) ?? Data()
    let lines = contents.split(separator: 10)
    if let first = lines.first, let header = try? JSONDecoder().decode(Header.self, from: first),
      header.version == Header.currentVersion, header.fingerprint == fingerprint
    {
      for line in lines.dropFirst() {
        guard let entry = try? JSONDecoder().decode(Entry.self, from: line), entry.hasUsableTimes
        else { break }
        position = entry.position
        segments += entry.segments
        kept.append(line)
      }
    }
    kept.insert(try JSONEncoder().encode(Header(fingerprint: fingerprint)), at: 0)
    try AtomicFile.write(Array(kept.flatMap { $0 + [10] }), to: path)
    return position.map { TranscriptionState(position: $0, segments: segments) }
  }

  /// Appends a window.
  func append(_ position: TranscriptionPosition, _ segments: [TranscriptSegment]) throws {
    let line = try JSONEncoder().encode(Entry(position: position, segments: segments)) + [10]
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: line)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
