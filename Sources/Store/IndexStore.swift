internal import Bytes
internal import Foundation
internal import GRDB
package import Kernels
internal import Synchronization

/// The index of a person's documents: one SQLite file with passages, vectors and a text index.
///
/// Any number of processes may open one index; writers wait for each other, readers see the last
/// completed transaction. Each document enters or leaves in one transaction that is on the disk
/// when the call returns, so an interrupted run leaves whole documents only.
///
/// All methods are safe to call from several threads.
package final class IndexStore: Sendable {
  /// What an open index may be used for.
  package enum Mode: Sendable {
    /// Search and listing; works on a read-only folder, too.
    case readOnly
    /// Everything.
    case readWrite
  }

  /// Absolute path of the file.
  package let path: String
  package let mode: Mode

  let reader: any DatabaseReader
  let writer: DatabasePool?
  let vectorCache: VectorCache
  /// What the caller's vectors are made with; nil when it did not say.
  let expected: Mutex<IndexIdentity?>

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
  ///   - mode: what it is opened for.
  ///   - expected: the identity that the caller's vectors have; nil where no vectors are involved
  ///     (listing, removal, keyword search).
  ///   - workers: the threads of a search, usually those of the sentence encoder; the calling thread
  ///     alone if nil.
  /// - Returns: the open index.
  /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/notAnIndex(path:detail:)``,
  ///   ``StoreError/newerSchema(path:version:supported:)``,
  ///   ``StoreError/identityMismatch(path:field:stored:wanted:)`` and what reading a file may cost.
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
    if expected != nil { try store.requireExpected(store.identity()) }
    return store
  }

  /// Opens the index at `path`, which is made (with the folders above it) when there is none.
  package static func openOrCreate(
    path: String, identity: IndexIdentity, workers: WorkerPool? = nil
  ) throws(StoreError) -> IndexStore {
    let path = absolutePath(path)
    if access(path, F_OK) != 0 { _ = try makeFile(path: path, identity: identity) }
    return try open(path: path, mode: .readWrite, expecting: identity, workers: workers)
  }

  /// Makes an empty index.
  ///
  /// - Throws: ``StoreError/invalidInput(_:)`` when a file is there already.
  package static func create(
    path: String, identity: IndexIdentity, workers: WorkerPool? = nil
  ) throws(StoreError) -> IndexStore {
    let path = absolutePath(path)
    guard try makeFile(path: path, identity: identity) else {
      throw .invalidInput("\(path) exists already")
    }
    return try open(path: path, mode: .readWrite, expecting: identity, workers: workers)
  }

  /// What the index's vectors and chunks were made with.
  package func identity() throws(StoreError) -> IndexIdentity {
    try read { try IndexState.fetch($0, path: self.path).identity }
  }

  /// Throws when an identity is not the one that the caller's vectors have.
  func requireExpected(_ identity: IndexIdentity) throws(StoreError) {
    guard let expected = expected.withLock({ $0 }) else { return }
    try identity.requireCompatible(with: expected, path: path)
  }

  /// Closes the file.
  ///
  /// The last process that closes it folds the write-ahead log into it. Also
  /// happens when the object goes away, but without a word about failures.
  package func close() throws(StoreError) {
    do {
      guard writer != nil else { return try reader.close() }
      // The last connection to close folds the log into the file and removes it; the pool's own
      // last one only reads, and cannot.
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
    guard (1...IndexIdentity.maximumDimension).contains(identity.dimension) else {
      throw .invalidInput("a vector of \(identity.dimension) elements")
    }
    let folder = (path as NSString).deletingLastPathComponent
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

  /// Runs `body` in one transaction (`BEGIN IMMEDIATE`) that is on the disk when this returns.
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

/// The one row of the table `identity`.
struct IndexState: Equatable {
  var identity: IndexIdentity
  /// Raised by every transaction that changes what a search may find.
  var generation: Int64
  /// Raised by every transaction that removes content.
  var removals: Int64

  static func fetch(_ database: Database, path: String) throws -> IndexState {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT modelHash, modelName, dimension, chunker, generation, removals
        FROM identity WHERE id = 1
        """)
    guard let row else {
      throw StoreError.corrupt(path: path, detail: "the index has no identity")
    }
    let state = IndexState(
      identity: IndexIdentity(
        modelHash: try row.decode(atIndex: 0), modelName: try row.decode(atIndex: 1),
        dimension: try row.decode(atIndex: 2), chunker: try row.decode(atIndex: 3)),
      generation: try row.decode(atIndex: 4), removals: try row.decode(atIndex: 5))
    // The CHECK of the schema does not bind a damaged file.
    guard (1...IndexIdentity.maximumDimension).contains(state.identity.dimension) else {
      throw StoreError.corrupt(path: path, detail: "dimension \(state.identity.dimension)")
    }
    return state
  }
}

extension IndexStore {
  /// Runs SQL behind the store's back, to damage an index in a test.
  func executeForTesting(_ sql: String) throws {
    try writer?.writeWithoutTransaction { try $0.execute(sql: sql) }
  }
}
