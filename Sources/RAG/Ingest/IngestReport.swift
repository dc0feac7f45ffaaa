/// The result of adding files to an index.
public struct IngestReport: Sendable, Equatable, Codable {
  /// A file that could not be indexed, with the reason.
  public struct Skipped: Sendable, Equatable, Codable {
    /// The file or folder.
    public let path: String
    /// The reason, in words.
    public let reason: String
  }

  /// Why a recording is not indexed where there is no speech model.
  public static let noSpeechModelReason =
    "not read: no speech model; put a Whisper into models/whisper, or name one with whisper_model"

  /// Number of files that were not in the index.
  public internal(set) var addedCount = 0
  /// Number of files whose content changed.
  public internal(set) var updatedCount = 0
  /// Number of files that have not changed.
  public internal(set) var unchangedCount = 0
  /// Number of files that are indexed under another path, which no longer exists.
  public internal(set) var renamedCount = 0
  /// Number of files that vanished from the added folders.
  public internal(set) var removedCount = 0
  /// The files that could not be read.
  public internal(set) var skipped: [Skipped] = []
  /// The pictures in documents that could not be read; the documents themselves were indexed.
  public internal(set) var skippedPictures: [Skipped] = []
  /// Number of pictures that were embedded, those that had waited for a model included.
  public internal(set) var embeddedPictureCount = 0
  /// Number of pictures in the index that wait for a picture model.
  public internal(set) var waitingPictureCount = 0
  /// Number of pages in the index without text in which no program has looked for words.
  public internal(set) var unreadPageCount = 0
  /// Seconds of sound that were transcribed; those of known transcripts are not counted.
  public internal(set) var transcribedSeconds = 0.0
  /// Number of recordings in the index that another speech model has transcribed.
  public internal(set) var otherModelRecordingCount = 0
  /// Number of files of types that are not read, by file name extension in lower case; without one,
  /// by "".
  public internal(set) var passedOver: [String: Int] = [:]
  /// Number of embedded chunks.
  public internal(set) var embeddedChunkCount = 0
  /// Number of embedded chunks in a language that the encoder does not know, or knows little.
  public internal(set) var foreignChunkCount = 0
  /// Number of embedded tokens.
  public internal(set) var embeddedTokenCount = 0
  /// Number of words that were left out on purpose, by the reason in words, as in `struck text`.
  public internal(set) var leftOutWordCounts: [String: Int] = [:]
  /// Total time in seconds.
  public internal(set) var seconds = 0.0
  /// Time in seconds in which vectors were computed.
  public internal(set) var embeddingSeconds = 0.0
  /// Whether the run was stopped before the end.
  public internal(set) var wasInterrupted = false

  /// Whether the index is unchanged.
  public var changedNothing: Bool {
    addedCount + updatedCount + renamedCount + removedCount + embeddedPictureCount == 0
  }
}

/// Progress of an ingest.
public enum IngestEvent: Sendable {
  /// The number of files, and how many of them have to be read.
  case planned(fileCount: Int, changedCount: Int)
  /// The number of finished files, of files to be read, and of embedded chunks.
  case progress(doneCount: Int, changedCount: Int, chunkCount: Int)
  /// The seconds of a recording that are transcribed, of all.
  case transcribing(path: String, doneSeconds: Double, totalSeconds: Double)
  /// A file was skipped.
  case skipped(path: String, reason: String)
  /// The number of embedded pictures, of those that waited for a model.
  case waitingPictures(doneCount: Int, totalCount: Int)
  /// A file was read with a warning.
  case warning(path: String, message: String)
}
