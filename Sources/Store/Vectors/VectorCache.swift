internal import Foundation
internal import GRDB
internal import Kernels

/// The quantised vectors of an index in RAM, one ``EmbeddingIndex`` a space, kept up to date with
/// the file.
///
/// A search gets its index inside its read transaction. If the file has changed since the last
/// search, through this or another process, the added vectors are read and the removed ones are
/// dropped. Ids are never reused, so an id always denotes the same vector.
final class VectorCache: @unchecked Sendable {
  /// The loaded vectors of a space, and the state of the file that they were loaded from.
  private struct Entry {
    var index: EmbeddingIndex
    var space: VectorSpace
    var generation: Int64
    var removals: Int64
  }

  // Sendable by hand: `lock` guards `entries`. It is held for the whole of a dense search, which
  // costs nothing, because the scan uses all threads of the pool.
  private let lock = NSLock()
  private let pool: WorkerPool
  private var entries: [VectorSpace.Name: Entry] = [:]

  init(pool: WorkerPool) {
    self.pool = pool
  }

  /// Runs `body` on an index that holds every vector of a space in the transaction's snapshot.
  ///
  /// If another thread has loaded a later snapshot, the index may lack vectors that have been
  /// removed since, and it may hold vectors that the transaction does not find in the file.
  ///
  /// - Parameters:
  ///   - database: the connection of the search.
  ///   - state: the state that the same transaction read.
  ///   - space: a space of `state.identity`.
  ///   - path: the file, for messages.
  ///   - body: called with the lock held.
  /// - Returns: the result of `body`.
  /// - Throws: what `body` throws, and ``StoreError/corrupt(path:detail:)`` for vectors of a wrong
  ///   size.
  func withIndex<Value>(
    _ database: Database, _ state: IndexState, _ space: VectorSpace, path: String,
    _ body: (EmbeddingIndex) throws -> Value
  ) throws -> Value {
    try lock.withLock {
      try body(try current(database, state, space, path: path))
    }
  }

  /// Bytes of the loaded vectors.
  var byteCount: Int {
    lock.withLock { entries.values.reduce(0) { $0 + $1.index.byteCount } }
  }

  /// Releases the vectors; the next search loads them again.
  func drop() {
    lock.withLock { entries = [:] }
  }

  private func current(
    _ database: Database, _ state: IndexState, _ space: VectorSpace, path: String
  ) throws -> EmbeddingIndex {
    var index = EmbeddingIndex(dimension: space.dimension, pool: pool)
    if let loaded = entries[space.name], loaded.space == space {
      if loaded.generation >= state.generation { return loaded.index }
      index = loaded.index
      if loaded.removals != state.removals {
        let kept = try Int64.fetchSet(database, sql: "SELECT id FROM content")
        index.keepGroups { kept.contains($0) }
        // More removed slots than vectors: load everything again, without them.
        if index.removedCount > index.count {
          index = EmbeddingIndex(dimension: space.dimension, pool: pool)
        }
      }
    }
    // After an error, a partly loaded index must not be taken for a complete one.
    entries[space.name] = nil
    try append(to: index, space, database, path: path)
    // Vectors that were added to older content are before the last key.
    let groupCount = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM quantizedVectors WHERE spaceID = ?",
      arguments: [space.name.id])
    if index.groups.count != groupCount {
      index = EmbeddingIndex(dimension: space.dimension, pool: pool)
      try append(to: index, space, database, path: path)
    }
    entries[space.name] = Entry(
      index: index, space: space, generation: state.generation, removals: state.removals)
    return index
  }

  private func append(
    to index: EmbeddingIndex, _ space: VectorSpace, _ database: Database, path: String
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT contentID, firstChunkID, codes, scales, residuals FROM quantizedVectors
        WHERE contentID > ? AND spaceID = ? ORDER BY contentID
        """,
      arguments: [index.lastKey, space.name.id])
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
