internal import Bytes
public import RAG
internal import Store

extension KnowledgeBase {
  /// The cost of embedding an index again.
  public struct RebuildCost: Sendable, Equatable, Codable {
    /// The number of documents that are read again.
    public let documentCount: Int
    /// The number of passages, as far as they are in the index now.
    public let chunkCount: Int
    /// The encoder of the index.
    public let currentModel: String
    /// The encoder that embeds anew.
    public let newModel: String
    /// The time for the passages in seconds, from a measurement of a few; nil where there are none.
    public let estimatedSeconds: Double?
    /// Whether an interrupted rebuild is continued.
    public let isContinuation: Bool
  }

  /// The number of texts that are embedded to estimate the time of all.
  private static let sampleCount = 16

  /// The cost of ``rebuild(runtime:indexPath:report:shouldStop:)``; nothing is changed.
  ///
  /// - Parameters:
  ///   - runtime: settings and threads.
  ///   - indexPath: another index than the configured one.
  /// - Returns: the counts and an estimate of the time.
  /// - Throws: if there is no index, or the encoder cannot be opened.
  public static func rebuildCost(
    runtime: Runtime, indexPath: String? = nil
  ) throws -> RebuildCost {
    let encoder = try runtime.sentenceEncoder()
    let store = try IndexStore.open(
      path: indexPath ?? runtime.indexPath, mode: .readOnly, workers: encoder.workers)
    let statistics = try store.statistics()
    let waiting = try waitingPaths(of: store, for: Ingestor.identity(for: encoder))
    let sample = try store.sampleTexts(limit: sampleCount)
    var seconds: Double?
    if !sample.isEmpty, waiting.isEmpty {
      let start = ContinuousClock.now
      _ = try encoder.vectors(of: sample)
      let each = (ContinuousClock.now - start).inSeconds / Double(sample.count)
      seconds = each * Double(statistics.chunkCount)
    }
    return RebuildCost(
      documentCount: waiting.isEmpty
        ? statistics.documentCount + statistics.skippedCount : waiting.count,
      chunkCount: statistics.chunkCount, currentModel: statistics.identity.text.modelName,
      newModel: encoder.modelName, estimatedSeconds: seconds, isContinuation: !waiting.isEmpty)
  }

  /// Adds all documents of an index again, with the configured encoder.
  ///
  /// The index is emptied first, and its documents stay listed as waiting. After an interruption the
  /// next call reads only those that still wait, and so does ``add(paths:checksContent:report:shouldStop:)``; what
  /// is done can be searched meanwhile. Recordings keep their transcripts, unless the configured speech
  /// model is another one.
  ///
  /// - Parameters:
  ///   - runtime: settings and threads.
  ///   - indexPath: another index than the configured one.
  ///   - report: receives the plan, the progress and each skipped file.
  ///   - shouldStop: polled between batches; the documents read until then are in the index.
  /// - Returns: what was done.
  /// - Throws: if there is no index, it cannot be written, or the encoder cannot be opened.
  public static func rebuild(
    runtime: Runtime, indexPath: String? = nil, report: (IngestEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> IngestReport {
    let encoder = try runtime.sentenceEncoder()
    let store = try IndexStore.open(
      path: indexPath ?? runtime.indexPath, mode: .readWrite, workers: encoder.workers)
    // Before the index is emptied: a missing program or model must cost nothing.
    let tools = try runtime.pictureTools(model: runtime.pictureModel)
    let identity = Ingestor.identity(for: encoder)
    var paths = try waitingPaths(of: store, for: identity)
    if paths.isEmpty {
      paths = try store.documents(under: nil).map(\.path)
      try store.rebuild(identity: identity)
    }
    return try Ingestor(
      store: store, encoder: encoder, pictures: tools, speech: runtime.speechModel
    ).add(paths: paths, report: report, shouldStop: shouldStop)
  }

  /// The documents that an interrupted rebuild with the same encoder and chunker has left.
  private static func waitingPaths(
    of store: IndexStore, for identity: IndexIdentity
  ) throws -> [String] {
    let stored = try store.identity()
    guard stored.text == identity.text, stored.chunker == identity.chunker else { return [] }
    return try store.waitingPaths()
  }
}
