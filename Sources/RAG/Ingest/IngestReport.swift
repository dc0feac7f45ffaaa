/// What came of adding files to an index.
public struct IngestReport: Sendable, Equatable, Codable {
  /// A file that gave no text, and why.
  public struct Skipped: Sendable, Equatable, Codable {
    /// The file or folder.
    public let path: String
    /// What is wrong with it, in words.
    public let reason: String
  }

  /// Files that were not in the index.
  public internal(set) var addedCount = 0
  /// Files whose content changed.
  public internal(set) var updatedCount = 0
  /// Files that are as they were indexed.
  public internal(set) var unchangedCount = 0
  /// Files that are in the index under another path that no longer exists.
  public internal(set) var renamedCount = 0
  /// Files that vanished from the folders that were added.
  public internal(set) var removedCount = 0
  /// Files that could not be read.
  public internal(set) var skipped: [Skipped] = []
  /// Chunks that were embedded.
  public internal(set) var embeddedChunkCount = 0
  /// Tokens that were embedded.
  public internal(set) var embeddedTokenCount = 0
  /// The time that it took.
  public internal(set) var seconds = 0.0
  /// The part of it in which vectors were computed.
  public internal(set) var embeddingSeconds = 0.0
  /// Whether it was stopped before the end.
  public internal(set) var wasInterrupted = false

  /// Whether the index is as it was.
  public var changedNothing: Bool {
    addedCount + updatedCount + renamedCount + removedCount == 0
  }
}

/// What an ingest tells while it runs.
public enum IngestEvent: Sendable {
  /// How many files there are, and how many of them have to be read.
  case planned(fileCount: Int, changedCount: Int)
  /// How many of the files to be read are done, and how many chunks that were.
  case progress(doneCount: Int, changedCount: Int, chunkCount: Int)
  /// A file was skipped.
  case skipped(path: String, reason: String)
  /// The reader of a file has a remark.
  case warning(path: String, message: String)
}
