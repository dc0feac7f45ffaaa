internal import Bytes
internal import Foundation
internal import GRDB
package import Kernels
internal import Synchronization

/// An index of documents: one SQLite file with chunks, vectors and a full-text index.
///
/// Any number of processes may open the same index; writers wait for each other, and readers see
/// the last completed transaction. Each document is added or removed in one transaction that is on
/// disk when the call returns, so an interrupted run leaves only complete documents.
///
/// All methods are safe to call from several threads.
package final class IndexStore: Sendable {
  /// The operations that an open index allows.
  package enum Mode: Sendable {
    /// Search and listing; also works in a read-only folder.
    case readOnly
    /// All operations.
    case readWrite
  }

  /// Absolute path of the file.
  package let path: String
  package let mode: Mode

  let reader: any DatabaseReader
  let writer: DatabasePool?
  let vectorCache: VectorCache
  /// The identity of the caller's vectors; nil if the caller named none.
  let expected: Mutex<IndexIdentity?>
  /// The languages of the text index; nil until a search asks.
  let languages = Mutex<IndexLanguages?>(nil)

  private init(
    path: String, mode: Mode, reader: any DatabaseReader, writer: DatabasePool?,
    expected: IndexIdentity?, workers: WorkerPool?
  ) {
    self.expected = Mutex(expected)
    self.path = path
    self.mode = mode
    self.reader = reader
    self.writer = writer
    vectorCache = VectorCache(pool: workers ?? WorkerPool(threadCount: 1))
  }

  /// Opens an existing index.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mode: the operations that the caller needs.
  ///   - expected: the identity that the caller's vectors have; nil if no vectors are involved
  ///     (listing, removal, keyword search). Opened for writing, the index gets the spaces of the
  ///     identity that it lacks.
  ///   - workers: the threads of a search, usually those of the sentence encoder; the calling thread
  ///     alone if nil.
  /// - Returns: the open index.
  /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/notAnIndex(path:detail:)``,
  ///   ``StoreError/newerSchema(path:version:supported:)``,
  ///   ``StoreError/identityMismatch(path:field:stored:wanted:)``
  ///   ``StoreError/olderSchema(path:version:supported:)`` and errors of reading the file.
  package static func open(
    path: String, mode: Mode, expecting expected: IndexIdentity? = nil, workers: WorkerPool? = nil
  ) throws(StoreError) -> IndexStore {
    let path = absolutePath(path)
    let store: IndexStore
    switch mode {
    case .readOnly:
      store = IndexStore(
        path: path, mode: mode, reader: try IndexFile.openReadable(path: path), writer: nil,
        expected: expected, workers: workers)
    case .readWrite:
      let pool = try IndexFile.openWritable(path: path)
      store = IndexStore(
        path: path, mode: mode, reader: pool, writer: pool, expected: expected, workers: workers)
    }
    if let expected {
      try store.requireExpected(store.identity())
      if mode == .readWrite { try store.addMissingSpaces(of: expected) }
    }
    return store
  }

  /// Opens the index at `path`, and creates it and its parent folders if there is none.
  package static func openOrCreate(
    path: String, identity: IndexIdentity, workers: WorkerPool? = nil
  ) throws(StoreError) -> IndexStore {
    let path = absolutePath(path)
    if access(path, F_OK) != 0 { _ = try makeFile(path: path, identity: identity) }
    return try open(path: path, mode: .readWrite, expecting: identity, workers: workers)
  }

  /// Creates an empty index.
  ///
  /// - Throws: ``StoreError/invalidInput(_:)`` if a file exists already.
  package static func create(
    path: String, identity: IndexIdentity, workers: WorkerPool? = nil
  ) throws(StoreError) -> IndexStore {
    let path = absolutePath(path)
    guard try makeFile(path: path, identity: identity) else {
      throw .invalidInput("\(path) exists already")
    }
    return try open(path: path, mode: .readWrite, expecting: identity, workers: workers)
  }

  /// The models and the chunker that made the index's vectors and chunks.
  package func identity() throws(StoreError) -> IndexIdentity {
    try read { try IndexState.fetch($0, path: self.path).identity }
  }

  /// Throws if an identity is not compatible with that of the caller's vectors.
  func requireExpected(_ identity: IndexIdentity) throws(StoreError) {
    guard let expected = expected.withLock({ $0 }) else { return }
    try identity.requireCompatible(with: expected, path: path)
  }

  /// Closes the file.
  ///
  /// The last process to close the file checkpoints the write-ahead log. Deallocating the object
  /// also closes the file, but ignores errors.
  package func close() throws(StoreError) {
    do {
      guard writer != nil else { return try reader.close() }
      // The last connection to close checkpoints and removes the log. The pool's own last
      // connection only reads, so it cannot.
      let last = try DatabaseQueue(path: path, configuration: IndexFile.configuration)
      try last.read { _ = try Int.fetchOne($0, sql: "PRAGMA user_version") }
      try reader.close()
      try last.close()
    } catch {
      throw StoreError(error, path: path)
    }
  }

  private static func absolutePath(_ path: String) -> String {
    let expanded = (path as NSString).expandingTildeInPath
    return URL(fileURLWithPath: expanded).standardizedFileURL.path
  }

  private static func makeFile(path: String, identity: IndexIdentity) throws(StoreError) -> Bool {
    try identity.requireUsable()
    let folder = Paths.folder(of: path)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .inputOutput(path: folder, detail: "cannot make the folder")
    }
    return try IndexFile.create(path: path, identity: identity)
  }
}

extension IndexStore {
  /// Runs `body` on one snapshot of the index.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try reader.read(body) } catch { throw StoreError(error, path: path) }
  }

  /// Runs `body` in one transaction (`BEGIN IMMEDIATE`) that is on disk when this returns.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    guard let writer else { throw .readOnly(path: path) }
    do {
      return try writer.writeWithoutTransaction { database in
        var result: Value?
        try database.inTransaction(.immediate) {
          result = try body(database)
          return .commit
        }
        guard let result else { throw StoreError.busy(path: path) }
        return result
      }
    } catch {
      throw StoreError(error, path: path)
    }
  }
}

extension IndexStore {
  /// Runs SQL that the store does not see, to damage an index in a test.
  func executeForTesting(_ sql: String) throws {
    try writer?.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  /// The first column of a query's rows, for a test.
  func rowsForTesting(_ sql: String) throws -> [String] {
    try reader.read { try String.fetchAll($0, sql: sql) }
  }
}
