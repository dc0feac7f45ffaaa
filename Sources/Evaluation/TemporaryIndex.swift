internal import RAG
internal import Foundation
internal import Store

/// Gives `body` a way to make empty indexes for a measurement, in a folder that is removed afterwards.
///
/// - Parameters:
///   - encoder: the indexes are for its vectors.
///   - body: makes as many indexes as it wants.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
func withTemporaryIndexes<Result>(
  for encoder: any SentenceEncoder, _ body: (_ create: () throws -> IndexStore) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "swiftrag-measure-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  let identity = Ingestor.identity(for: encoder)
  var count = 0
  return try body {
    count += 1
    return try IndexStore.create(
      path: folder.appending(path: "index-\(count).sqlite").path, identity: identity,
      workers: encoder.workers)
  }
}
