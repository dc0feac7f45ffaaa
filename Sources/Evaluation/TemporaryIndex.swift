internal import RAG
internal import Foundation
internal import Store

/// Runs `body` with a function that creates empty indexes in a temporary folder.
///
/// - Parameters:
///   - encoder: the encoder whose vectors the indexes hold.
///   - body: may create any number of indexes; they are deleted when it returns.
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
