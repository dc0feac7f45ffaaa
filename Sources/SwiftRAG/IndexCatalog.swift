internal import Store

/// The content of an index and its maintenance, for which no model is needed.
public final class IndexCatalog: Sendable {
  /// One indexed or skipped file.
  public struct Document: Sendable, Codable {
    /// The absolute path.
    public let path: String
    /// The document type.
    public let type: String
    /// The document's own title.
    public let title: String?
    /// The file's size when it was indexed.
    public let byteCount: Int
    /// The number of its passages.
    public let chunkCount: Int
    /// The SHA-256 of the file as it was indexed.
    public let sha256: String
    /// Why it could not be read; `nil` for an indexed one.
    public let skipReason: String?
    /// The length of a recording in seconds; nil for other documents.
    public let durationSeconds: Double?
    /// Code of the language that is spoken in a recording, as in `en`; nil for other documents.
    public let language: String?
  }

  /// Counts, sizes and identity.
  public struct Information: Sendable, Codable {
    /// The index file.
    public let path: String
    /// The number of indexed files.
    public let documents: Int
    /// The number of files that could not be read.
    public let skipped: Int
    /// The number of their passages.
    public let chunks: Int
    /// The number of indexed files of each type.
    public let documentsByType: [String: Int]
    /// The total size of the indexed files.
    public let sourceByteCount: Int
    /// The size of the index.
    public let indexByteCount: Int
    /// The sentence encoder's name.
    public let model: String
    /// The SHA-256 of its file.
    public let modelHash: String
    /// The number of elements of a vector.
    public let dimension: Int
    /// The chunker and its parameters.
    public let chunker: String
    /// A digest of all documents, passages and vectors that does not depend on the order in which
    /// they were added.
    public let contentHash: String
  }

  /// The result of a verification.
  public struct Verification: Sendable, Codable {
    /// Whether all parts of the index agree.
    public let isWhole: Bool
    /// Each disagreement.
    public let problems: [String]
    /// Each check that was not possible.
    public let notes: [String]
    /// The number of documents checked.
    public let documents: Int
    /// The number of passages checked.
    public let chunks: Int
  }

  private let store: IndexStore

  /// Opens an index.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mayWrite: whether documents may be removed.
  /// - Throws: if there is no index at `path`, or it cannot be read.
  public init(path: String, mayWrite: Bool = false) throws {
    store = try IndexStore.open(path: path, mode: mayWrite ? .readWrite : .readOnly)
  }

  /// The sentence encoder that made the vectors of the index.
  public func model() throws -> (name: String, sha256: String) {
    let identity = try store.identity()
    return (identity.text.modelName, identity.text.modelHash)
  }

  /// The documents at or below `path`, or all, in path order.
  public func documents(below path: String? = nil) throws -> [Document] {
    try store.documents(under: path.map(StoredPaths.path)).map { document in
      Document(
        path: document.path, type: document.record.type, title: document.record.title,
        byteCount: document.record.byteCount, chunkCount: document.chunkCount,
        sha256: document.record.sha256, skipReason: document.skipReason,
        durationSeconds: document.recording.map { Double($0.milliseconds) / 1_000 },
        language: document.recording?.language)
    }
  }

  /// Counts, sizes, identity and the content hash.
  ///
  /// - Complexity: reads every vector, for the hash.
  public func information() throws -> Information {
    let statistics = try store.statistics()
    return Information(
      path: store.path, documents: statistics.documentCount, skipped: statistics.skippedCount,
      chunks: statistics.chunkCount, documentsByType: statistics.documentCountByType,
      sourceByteCount: statistics.sourceByteCount, indexByteCount: statistics.indexByteCount,
      model: statistics.identity.text.modelName, modelHash: statistics.identity.text.modelHash,
      dimension: statistics.identity.text.dimension, chunker: statistics.identity.chunker,
      contentHash: try store.contentHash())
  }

  /// Removes the documents at or below the paths from the index; the files themselves stay.
  ///
  /// - Returns: the paths of the removed documents, ascending.
  public func remove(below paths: [String]) throws -> [String] {
    let found = try paths.flatMap { try store.documents(under: StoredPaths.path($0)) }.map(\.path)
    let distinct = Set(found).sorted()
    try store.removeDocuments(paths: distinct)
    return distinct
  }

  /// Reads the whole index and checks that its parts agree.
  public func verify() throws -> Verification {
    let report = try store.verify()
    return Verification(
      isWhole: report.isWhole, problems: report.problems, notes: report.notes,
      documents: report.documentCount, chunks: report.chunkCount)
  }
}
