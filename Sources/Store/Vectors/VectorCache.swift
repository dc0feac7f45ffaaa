internal import Foundation
internal import GRDB
internal import Kernels

/// The in-RAM copy of an index's quantised vectors, kept up with the file.
///
/// A search asks for it inside its read transaction. When the file has changed since, by this or by
/// another process, what was added is read and what was removed is dropped; ids are never used
/// twice, so an id stands for the same vector for ever.
final class VectorCache: @unchecked Sendable {
  // The lock guards all that varies. It is held for the whole of a dense search: the scan uses all
  // threads anyway.
  private let lock = NSLock()
  private let pool: WorkerPool
  private var index: EmbeddingIndex?
  private var loaded: IndexState?

  init(pool: WorkerPool) {
    self.pool = pool
  }

  /// Runs `body` on an index that holds every vector of the transaction's snapshot.
  ///
  /// When another thread has loaded a later snapshot, the index may lack vectors that have been
  /// removed since; whatever it has in excess, the transaction does not find.
  func withIndex<Value>(
    _ database: Database, path: String, _ body: (EmbeddingIndex) throws -> Value
  ) throws -> Value {
    try lock.withLock {
      let state = try IndexState.fetch(database, path: path)
      let index = try current(database, state, path: path)
      return try body(index)
    }
  }

  /// Bytes of the loaded vectors.
  var byteCount: Int { lock.withLock { index?.byteCount ?? 0 } }

  /// Forgets the vectors; the next search loads them again.
  func drop() {
    lock.withLock {
      index = nil
      loaded = nil
    }
  }

  private func current(
    _ database: Database, _ state: IndexState, path: String
  ) throws -> EmbeddingIndex {
    var index = index ?? EmbeddingIndex(dimension: state.identity.dimension, pool: pool)
    if let loaded {
      if loaded.generation >= state.generation, loaded.identity == state.identity { return index }
      if loaded.identity != state.identity {
        index = EmbeddingIndex(dimension: state.identity.dimension, pool: pool)
      } else if loaded.removals != state.removals {
        let kept = try Int64.fetchSet(database, sql: "SELECT id FROM content")
        index.keepGroups { kept.contains($0) }
        // More holes than vectors: start afresh.
        if index.removedCount > index.count {
          index = EmbeddingIndex(dimension: state.identity.dimension, pool: pool)
        }
      }
    }
    // Half-loaded vectors after an error must not be taken for a whole index.
    self.index = nil
    loaded = nil
    try append(to: index, database, path: path)
    self.index = index
    loaded = state
    return index
  }

  private func append(to index: EmbeddingIndex, _ database: Database, path: String) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT contentID, firstChunkID, codes, scales, residuals
        FROM quantizedVectors JOIN content ON content.id = contentID
        WHERE contentID > ? ORDER BY contentID
        """,
      arguments: [index.lastKey])
    while let row = try rows.next() {
      let key: Int64 = try row.decode(atIndex: 0)
      let firstID: Int64 = try row.decode(atIndex: 1)
      let isAppended = try row.withUnsafeData(atIndex: 2) { codes in
        try row.withUnsafeData(atIndex: 3) { scales in
          try row.withUnsafeData(atIndex: 4) { residuals in
            (codes ?? Data()).withUnsafeBytes { codes in
              (scales ?? Data()).withUnsafeBytes { scales in
                (residuals ?? Data()).withUnsafeBytes { residuals in
                  index.append(
                    key: key, firstID: firstID, codes: codes, scales: scales, residuals: residuals)
                }
              }
            }
          }
        }
      }
      guard isAppended else {
        throw StoreError.corrupt(path: path, detail: "vectors of content \(key) have a wrong size")
      }
    }
  }
}
