internal import Bytes
package import RAG
internal import Documents
internal import Foundation
internal import Store

/// Compares the time of indexing with the time of the embedding alone.
///
/// Each round first embeds the chunks of documents prepared beforehand, then indexes the documents
/// in a temporary index: reading, chunking, tokenising, embedding and writing. The difference is
/// the overhead of the pipeline. Both are timed in every round, and medians are compared, because
/// the speed of a shared machine drifts.
package struct IngestBenchmark: Sendable, Encodable {
  package let documentCount: Int
  package let chunkCount: Int
  package let tokenCount: Int
  /// Chunks per second when only vectors are computed.
  package let embeddingChunksPerSecond: Double
  /// Chunks per second when documents are indexed.
  package let indexingChunksPerSecond: Double
  /// Time of indexing relative to embedding alone, minus 1: 0.05 means 5 % longer.
  package let overhead: Double
  /// Files per second when nothing has changed.
  package let unchangedFilesPerSecond: Double
  package let indexByteCount: Int

  /// Runs the rounds.
  ///
  /// - Parameters:
  ///   - paths: files and folders.
  ///   - encoder: the sentence encoder.
  ///   - rounds: the number of rounds; the medians are reported.
  ///   - progress: called with a description of each step.
  /// - Returns: the figures.
  /// - Throws: what reading, encoding and storing throw.
  package static func run(
    paths: [String], encoder: any SentenceEncoder, rounds: Int,
    progress: (String) -> Void = { _ in }
  ) throws -> IngestBenchmark {
    progress("reading the documents")
    let prepared = Ingestor.preparedDocuments(paths: paths, encoder: encoder)
    let measured = try withTemporaryIndexes(for: encoder) { create in
      try (0..<max(1, rounds)).map { round in
        progress("round \(round + 1) of \(rounds)")
        return try Round(store: try create(), encoder: encoder, paths: paths, prepared: prepared)
      }
    }
    let (embedding, indexing) = (measured.map(\.embedding), measured.map(\.indexing))
    let chunkCount = prepared.reduce(0) { $0 + $1.chunks.count }
    let (embedded, indexed) = (median(embedding), median(indexing))
    return IngestBenchmark(
      documentCount: prepared.count, chunkCount: chunkCount,
      tokenCount: prepared.reduce(0) { $0 + $1.tokenIDs.reduce(0) { $0 + $1.count } },
      embeddingChunksPerSecond: Double(chunkCount) / embedded,
      indexingChunksPerSecond: Double(chunkCount) / indexed,
      overhead: median(zip(indexing, embedding).map { $0 / $1 }) - 1,
      unchangedFilesPerSecond: Double(prepared.count) / median(measured.map(\.unchanged)),
      indexByteCount: measured.last?.indexByteCount ?? 0)
  }

  /// Seconds of one round, and the size of its index.
  private struct Round {
    let embedding: Double
    let indexing: Double
    let unchanged: Double
    let indexByteCount: Int

    init(
      store: IndexStore, encoder: any SentenceEncoder, paths: [String], prepared: [PreparedDocument]
    ) throws {
      let ingestor = Ingestor(store: store, encoder: encoder)
      embedding = try IngestBenchmark.seconds {
        try IngestBenchmark.embedAll(prepared, encoder: encoder)
      }
      indexing = try IngestBenchmark.seconds { _ = try ingestor.add(paths: paths) }
      // Files that were written within two seconds before indexing are hashed again, so wait.
      Thread.sleep(forTimeInterval: 2.5)
      _ = try ingestor.add(paths: paths)
      unchanged = try IngestBenchmark.seconds { _ = try ingestor.add(paths: paths) }
      indexByteCount = try store.statistics().indexByteCount
    }
  }

  private static func embedAll(
    _ documents: [PreparedDocument], encoder: any SentenceEncoder
  ) throws {
    var batcher = EmbeddingBatcher()
    for document in documents {
      batcher.add(document)
      while batcher.isFull { _ = try batcher.embedBatch(with: encoder) }
    }
    while !batcher.isEmpty { _ = try batcher.embedBatch(with: encoder) }
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start).inSeconds
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
