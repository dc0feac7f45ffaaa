public import RAG
internal import Store

/// What is in an index, and its upkeep; needs no model, except to rebuild.
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
    /// Into how many passages it was cut.
    public let chunkCount: Int
    /// The SHA-256 of the file as it was indexed.
    public let sha256: String
    /// Why it could not be read; `nil` for an indexed one.
    public let skipReason: String?
  }

  /// Counts, sizes and identity.
  public struct Information: Sendable, Codable {
    /// The index file.
    public let path: String
    /// Indexed files.
    public let documents: Int
    /// Files that could not be read.
    public let skipped: Int
    /// Passages.
    public let chunks: Int
    /// Indexed files of each type.
    public let documentsByType: [String: Int]
    /// The bytes of the indexed files.
    public let sourceByteCount: Int
    /// The bytes of the index.
    public let indexByteCount: Int
    /// The sentence encoder's name.
    public let model: String
    /// The SHA-256 of its file.
    public let modelHash: String
    /// The elements of a vector.
    public let dimension: Int
    /// The chunker and its parameters.
    public let chunker: String
    /// A digest over all documents, passages and vectors, whatever the order of their arrival.
    public let contentHash: String
  }

  /// What a verification found.
  public struct Verification: Sendable, Codable {
    /// Whether everything agrees.
    public let isWhole: Bool
    /// What does not.
    public let problems: [String]
    /// What could not be checked.
    public let notes: [String]
    /// Documents that were checked.
    public let documents: Int
    /// Passages that were checked.
    public let chunks: Int
  }

  private let store: IndexStore

  /// Opens an index.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mayWrite: whether documents may be removed.
  /// - Throws: when there is no index at `path`, or it cannot be read.
  public init(path: String, mayWrite: Bool = false) throws {
    store = try IndexStore.open(path: path, mode: mayWrite ? .readWrite : .readOnly)
  }

  /// The sentence encoder that the index was made with.
  public func model() throws -> (name: String, sha256: String) {
    let identity = try store.identity()
    return (identity.text.modelName, identity.text.modelHash)
  }

  /// The documents at or below `path`, or all, in path order.
  public func documents(below path: String? = nil) throws -> [Document] {
    try store.documents(under: path).map { document in
      Document(
        path: document.path, type: document.record.type, title: document.record.title,
        byteCount: document.record.byteCount, chunkCount: document.chunkCount,
        sha256: document.record.sha256, skipReason: document.skipReason)
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

  /// Forgets the documents at or below the paths.
  ///
  /// - Returns: the paths that were forgotten.
  public func remove(below paths: [String]) throws -> [String] {
    let found = try paths.flatMap { try store.documents(under: $0) }.map(\.path)
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

  /// Empties the index and adds all its documents again, with the configured encoder.
  public static func rebuild(
    path: String, configuration: Configuration, report: (IngestEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> IngestReport {
    let encoder = try KnowledgeBase.loadEncoder(configuration: configuration)
    let store = try IndexStore.open(path: path, mode: .readWrite)
    let documents = try store.documents(under: nil).map(\.path)
    try store.rebuild(identity: Ingestor.identity(for: encoder))
    return try Ingestor(store: store, encoder: encoder)
      .add(paths: documents, report: report, shouldStop: shouldStop)
  }
}
