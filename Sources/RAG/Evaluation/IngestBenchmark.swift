internal import Documents
internal import Foundation
internal import Store

/// Compares indexing with the embedding that it contains.
///
/// The documents are prepared once, their chunks embedded alone, and then everything is indexed in a
/// temporary index: reading, cutting, tokenising, embedding and writing. What the second takes
/// beyond the first is the overhead of the pipeline. Rounds alternate, and medians are compared,
/// because the speed of a shared machine drifts.
package struct IngestBenchmark: Sendable, Encodable {
  package let documentCount: Int
  package let chunkCount: Int
  package let tokenCount: Int
  /// Chunks a second when only vectors are computed.
  package let embeddingChunksPerSecond: Double
  /// Chunks a second when documents are indexed.
  package let indexingChunksPerSecond: Double
  /// How much longer indexing takes: 0.05 means 5 %.
  package let overhead: Double
  /// Files a second when nothing changed.
  package let unchangedFilesPerSecond: Double
  package let indexByteCount: Int

  /// Runs the rounds.
  ///
  /// - Parameters:
  ///   - paths: files and folders.
  ///   - encoder: the sentence encoder.
  ///   - rounds: how many of each; the medians are reported.
  ///   - progress: told what is being done.
  /// - Returns: the figures.
  /// - Throws: what reading, encoding and storing throw.
  package static func run(
    paths: [String], encoder: any SentenceEncoder, rounds: Int,
    progress: (String) -> Void = { _ in }
  ) throws -> IngestBenchmark {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    progress("reading the documents")
    let prepared = Ingestor.preparedDocuments(paths: paths, encoder: encoder)
    var embedding: [Double] = []
    var indexing: [Double] = []
    var unchanged: [Double] = []
    var indexByteCount = 0
    for round in 0..<max(1, rounds) {
      progress("round \(round + 1) of \(rounds): embedding alone")
      embedding.append(try seconds { try embedAll(prepared, encoder: encoder) })
      progress("round \(round + 1) of \(rounds): indexing")
      let path = folder.appending(path: "index-\(round).sqlite").path
      let store = try IndexStore.create(path: path, identity: Ingestor.identity(for: encoder))
      let ingestor = Ingestor(store: store, encoder: encoder)
      indexing.append(try seconds { _ = try ingestor.add(paths: paths) })
      // Files written within two seconds of indexing are hashed again; later ones are not.
      Thread.sleep(forTimeInterval: 2.5)
      _ = try ingestor.add(paths: paths)
      unchanged.append(try seconds { _ = try ingestor.add(paths: paths) })
      indexByteCount = try store.statistics().indexByteCount
    }
    let chunkCount = prepared.reduce(0) { $0 + $1.chunks.count }
    let (embedded, indexed) = (median(embedding), median(indexing))
    return IngestBenchmark(
      documentCount: prepared.count, chunkCount: chunkCount,
      tokenCount: prepared.reduce(0) { $0 + $1.tokenIDs.reduce(0) { $0 + $1.count } },
      embeddingChunksPerSecond: Double(chunkCount) / embedded,
      indexingChunksPerSecond: Double(chunkCount) / indexed,
      overhead: median(zip(indexing, embedding).map { $0 / $1 }) - 1,
      unchangedFilesPerSecond: Double(prepared.count) / median(unchanged),
      indexByteCount: indexByteCount)
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
