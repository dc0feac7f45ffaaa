/// The caller's description of a file.
package struct DocumentRecord: Sendable, Equatable {
  /// Absolute path without symbolic links, `.` or `..`; the key of a document.
  package var path: String
  /// The path as the user named it, for display.
  package var displayPath: String
  /// The detected type, such as `markdown` or `xlsx`; ``refusedType`` for content that cannot be indexed.
  package var type: String
  /// The document's own title, if it has one.
  package var title: String?
  /// SHA-256 of the file's bytes, lower-case hexadecimal.
  ///
  /// Empty if the file could not be read.
  package var sha256: String
  /// Size of the file in bytes.
  package var byteCount: Int
  /// Modification time in nanoseconds since 1970.
  package var modifiedNanoseconds: Int64

  /// The type of a skipped file that is read again only when it has changed; other skipped files are
  /// tried at every run.
  package static let refusedType = "refused"

  package init(
    path: String, displayPath: String? = nil, type: String, title: String? = nil, sha256: String,
    byteCount: Int, modifiedNanoseconds: Int64
  ) {
    self.path = path
    self.displayPath = displayPath ?? path
    self.type = type
    self.title = title
    self.sha256 = sha256
    self.byteCount = byteCount
    self.modifiedNanoseconds = modifiedNanoseconds
  }
}

/// A document as the store returns it.
package struct StoredDocument: Sendable, Equatable, Identifiable {
  package let id: Int64
  package let record: DocumentRecord
  /// Time of indexing in nanoseconds since 1970.
  package let indexedNanoseconds: Int64
  /// Number of chunks; 0 for a skipped document.
  package let chunkCount: Int
  /// Why the file could not be indexed; nil for an indexed document.
  package let skipReason: String?
  /// Language, length and model of a recording; nil for other documents.
  package let recording: RecordingDetails?

  package var path: String { record.path }
  package var isSkipped: Bool { skipReason != nil }
}

/// The store's record of a path, sufficient to detect that a file has not changed.
package struct FileState: Sendable, Equatable {
  package let byteCount: Int
  package let modifiedNanoseconds: Int64
  package let indexedNanoseconds: Int64
  /// SHA-256 of the bytes that were indexed, lower-case hexadecimal; empty for an unreadable file.
  package let sha256: String
  package let type: String
  package let skipReason: String?

  /// Whether size and modification time prove that the file has not changed since it was indexed.
  ///
  /// A file that was modified within two seconds before it was indexed may have been written again
  /// within the same tick of its file system's clock (two seconds on FAT), so its bytes must be
  /// hashed. Git calls this "racily clean".
  package func isUnchanged(byteCount: Int, modifiedNanoseconds: Int64) -> Bool {
    byteCount == self.byteCount && modifiedNanoseconds == self.modifiedNanoseconds
      && isOlder(modifiedNanoseconds)
  }

  /// Whether a file with this modification time was certainly written before this one was indexed.
  package func isOlder(_ modifiedNanoseconds: Int64) -> Bool {
    indexedNanoseconds > FileState.clockTickNanoseconds
      && modifiedNanoseconds < indexedNanoseconds - FileState.clockTickNanoseconds
  }

  /// The coarsest clock of a file system in use: FAT's, 2 s.
  static let clockTickNanoseconds: Int64 = 2_000_000_000
}
