internal import Bytes
internal import Foundation
internal import GRDB

/// Creates, recognises and opens the file of an index.
enum IndexFile {
  /// Time that a writer waits for another writer.
  ///
  /// A transaction holds one document and takes milliseconds, or a few seconds for a document of
  /// 10,000 chunks.
  static let busyTimeoutSeconds = 30.0

  /// Page cache of a connection, in KiB; the default of 2,000 thrashes on FTS5's larger merges.
  static let pageCacheKibibytes = 16_384

  /// Refuses a file that is not an index, before anything could alter a foreign database.
  ///
  /// SQLite itself reads the header, as immutable: a plain `open` and `close` here would drop the
  /// locks that this process holds on the file through another connection (POSIX locks belong to
  /// the process; https://www.sqlite.org/howtocorrupt.html, section 2.2).
  static func checkHeader(path: String) throws(StoreError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .notFound(path: path) }
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notAnIndex(path: path, detail: "it is not a regular file")
    }
    var application: Int32?
    do {
      application = try applicationID(immutableURI(path))
    } catch {
      // Opened without locks and log, a file can look damaged while another process checkpoints it.
      guard case .corrupt = StoreError(error, path: path) else {
        throw StoreError(error, path: path)
      }
      do { application = try applicationID(path) } catch { throw StoreError(error, path: path) }
    }
    guard application == Schema.applicationID else {
      throw .notAnIndex(path: path, detail: "another program made this file")
    }
  }

  private static func applicationID(_ name: String) throws -> Int32? {
    let queue = try DatabaseQueue(path: name, configuration: configuration(readOnly: true))
    let application = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
    try queue.close()
    return application
  }

  /// The URI with which SQLite opens a file without locks and without a write-ahead log.
  private static func immutableURI(_ path: String) -> String {
    let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    return "file:\(escaped)?immutable=1"
  }

  /// Creates an empty index, which appears at `path` complete or not at all.
  ///
  /// The file is written under a temporary name in the same folder and then linked to `path`, so a
  /// crash leaves no incomplete index, and of two processes that create it at once the second one
  /// opens the first one's.
  ///
  /// - Returns: whether this call created it; false if a file exists already.
  static func create(path: String, identity: IndexIdentity) throws(StoreError) -> Bool {
    let temporary = "\(path).new-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    defer { for suffix in ["", "-wal", "-shm", "-journal"] { unlink(temporary + suffix) } }
    // The index contains the text of private documents, so only its owner may read it.
    let descriptor = open(temporary, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw errno == ENOSPC
        ? .diskFull(path: path) : .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    close(descriptor)
    do {
      var configuration = configuration(readOnly: false)
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA page_size = \(Schema.pageSize)")
      }
      let pool = try DatabasePool(path: temporary, configuration: configuration)
      try pool.write { try Schema.create($0, identity: identity) }
      try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try pool.close()
      try synchronize(temporary)
    } catch {
      throw StoreError(error, path: path)
    }
    guard link(temporary, path) == 0 else {
      if errno == EEXIST { return false }
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    try synchronize(Paths.folder(of: path))
    return true
  }

  /// Opens a pool that reads and writes; an index of an older schema is migrated.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - cacheKibibytes: page cache of a connection; tests make it small.
  ///   - beforeCommit: called before a migration commits; tests interrupt it here.
  /// - Returns: the open pool.
  /// - Throws: what ``checkHeader(path:)`` throws, and whatever stops the migration.
  static func openWritable(
    path: String, cacheKibibytes: Int = pageCacheKibibytes,
    beforeCommit: () throws -> Void = {}
  ) throws(StoreError) -> DatabasePool {
    try checkHeader(path: path)
    do {
      let pool = try DatabasePool(
        path: path, configuration: configuration(readOnly: false, cacheKibibytes: cacheKibibytes))
      try pool.writeWithoutTransaction { database in
        // GRDB sets NORMAL when it enables WAL, which may lose the last commits in a power failure.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try SchemaMigration.run(database, path: path, beforeCommit: beforeCommit)
      }
      return pool
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Opens a reader; in a folder without write permission, one that uses no locks and no log.
  ///
  /// An index of an older schema is migrated first, which needs permission to write.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mayWrite: whether this process may write the file and its folder.
  /// - Returns: the open reader.
  /// - Throws: ``StoreError/olderSchema(path:version:supported:)`` without that permission.
  static func openReadable(
    path: String, mayWrite: (String) -> Bool = IndexFile.mayWrite
  ) throws(StoreError) -> any DatabaseReader {
    try checkHeader(path: path)
    let reader = try openReadOnly(path: path)
    do {
      let version = try reader.read { try Schema.version(of: $0, path: path) }
      guard version < Schema.version else { return reader }
      try reader.close()
      guard mayWrite(path) else {
        throw StoreError.olderSchema(path: path, version: version, supported: Schema.version)
      }
      try openWritable(path: path).close()
      return try openReadOnly(path: path)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  private static func openReadOnly(path: String) throws(StoreError) -> any DatabaseReader {
    // An active writer has created the shared memory file; without that file, nobody writes.
    let isAlone = access(Paths.folder(of: path), W_OK) != 0 && access(path + "-shm", F_OK) != 0
    do {
      let configuration = configuration(readOnly: true)
      return isAlone
        ? try DatabaseQueue(path: immutableURI(path), configuration: configuration)
        : try DatabasePool(path: path, configuration: configuration)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  static func mayWrite(_ path: String) -> Bool {
    access(path, W_OK) == 0 && access(Paths.folder(of: path), W_OK) == 0
  }

  /// The configuration of a connection that writes.
  static var configuration: Configuration { configuration(readOnly: false) }

  private static func configuration(
    readOnly: Bool, cacheKibibytes: Int = pageCacheKibibytes
  ) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(busyTimeoutSeconds)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      // GRDB's `add(tokenizer:)` traps where this statement is an error.
      _ = try database.makeStatement(sql: "SELECT fts5(NULL)")
      database.add(tokenizer: SearchTokenizer.self)
      // A view or index of a hostile file must not call functions with side effects.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      // A mapped file that another process truncates would raise SIGBUS.
      try database.execute(sql: "PRAGMA mmap_size = 0")
      try database.execute(sql: "PRAGMA cell_size_check = ON")
      try database.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
    }
    return configuration
  }

  /// Flushes a file or folder to the disk.
  private static func synchronize(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
  }
}
