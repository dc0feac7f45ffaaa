internal import Documents
internal import Foundation
internal import GRDB

// Transcripts of recordings, finished or not, by the content of the recording.

extension IndexStore {
  /// The transcript that a model made of a recording, or as much of it as was done.
  ///
  /// - Parameters:
  ///   - sha256: of the recording.
  ///   - model: the identity of the model and its options; the transcript of another is not returned.
  /// - Returns: nil where there is none, and where a damaged row cannot be understood: the
  ///   recording is transcribed again then.
  /// - Throws: errors of reading the index.
  package func transcript(
    ofRecording sha256: String, by model: String
  ) throws(StoreError) -> StoredTranscript? {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT language, milliseconds, doneMilliseconds, isComplete, parts, continuation
          FROM transcript
          WHERE sha256 = ? AND model = ?
          """,
        arguments: [sha256, model])
      guard let row else { return nil }
      guard let parts = Self.parts(try row.decode(atIndex: 4)) else { return nil }
      return StoredTranscript(
        language: try row.decode(atIndex: 0), milliseconds: try row.decode(atIndex: 1),
        doneMilliseconds: try row.decode(atIndex: 2), isComplete: try row.decode(atIndex: 3),
        parts: parts, continuation: try row.decode(atIndex: 5))
    }
  }

  /// Keeps the transcript of a recording in place of the one that was kept.
  ///
  /// - Parameters:
  ///   - transcript: finished or not.
  ///   - sha256: of the recording.
  ///   - recordingPath: the file, so that ``removeStaleTranscripts(exists:)`` finds leftovers.
  ///   - model: the identity of the model and its options.
  /// - Throws: errors of writing the index.
  package func keep(
    _ transcript: StoredTranscript, ofRecording sha256: String, at recordingPath: String,
    by model: String
  ) throws(StoreError) {
    try write { database in
      let parts = String(decoding: try JSONEncoder().encode(transcript.parts), as: UTF8.self)
      try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO transcript(sha256, model, path, language, milliseconds,
            doneMilliseconds, isComplete, parts, continuation)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        sha256, model, recordingPath, transcript.language, transcript.milliseconds,
        transcript.doneMilliseconds, transcript.isComplete, parts,
        transcript.continuation,
      ])
    }
  }

  /// Removes the transcripts of recordings that are neither indexed nor on the disk any more.
  ///
  /// - Parameter exists: called with the path of a recording.
  /// - Throws: errors of writing the index.
  package func removeStaleTranscripts(exists: (String) -> Bool) throws(StoreError) {
    let paths = try read { database in
      try String.fetchSet(
        database,
        sql: "SELECT path FROM transcript WHERE sha256 NOT IN (SELECT sha256 FROM document)")
    }
    let stale = paths.filter { !exists($0) }
    guard !stale.isEmpty else { return }
    try write { database in
      for path in stale {
        try database.execute(
          sql: """
            DELETE FROM transcript
            WHERE path = ? AND sha256 NOT IN (SELECT sha256 FROM document)
            """, arguments: [path])
      }
    }
  }

  /// A passage of a recording with the time of its highlighted sentence; other passages as they are.
  ///
  /// - Throws: errors of reading the index.
  package func timed(_ passage: Passage) throws(StoreError) -> Passage {
    let sentence = passage.highlighted.sentence
    guard passage.citation.isRecording, !sentence.isEmpty,
      let offset = passage.highlightByteOffset
    else { return passage }
    let text = try read { database in
      try String.fetchOne(
        database, sql: "SELECT parts FROM transcript WHERE sha256 = ?",
        arguments: [passage.citation.documentSHA256])
    }
    let (place, isTooLarge) = passage.citation.textByteOffset.addingReportingOverflow(offset)
    guard let text, let parts = Self.parts(text), !isTooLarge,
      let time = TranscriptText(parts).milliseconds(of: sentence, at: place)
    else { return passage }
    var timed = passage
    timed.highlightStartSeconds = Double(time.lowerBound) / 1_000
    timed.highlightEndSeconds = Double(time.upperBound) / 1_000
    return timed
  }

  /// The parts of a row of the table `transcript`; nil for text that is not theirs.
  private static func parts(_ json: String) -> [TranscriptPart]? {
    let parts = try? JSONDecoder().decode([TranscriptPart].self, from: Data(json.utf8))
    return parts?.allSatisfy {
      !$0.text.isEmpty && timeLimits.contains($0.startMilliseconds)
        && timeLimits.contains($0.endMilliseconds)
    } == true ? parts : nil
  }

  /// Milliseconds that a recording may have: more than a year, and few enough to add and multiply.
  private static let timeLimits = 0...100_000_000_000

  /// The number of indexed recordings.
  package func recordingCount() throws(StoreError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM recording") ?? 0 }
  }

  /// The number of indexed recordings that another model, or one with other options, transcribed.
  package func recordingCount(notBy model: String) throws(StoreError) -> Int {
    try read { database in
      try Int.fetchOne(
        database, sql: "SELECT count(*) FROM recording WHERE model <> ?", arguments: [model]) ?? 0
    }
  }
}
