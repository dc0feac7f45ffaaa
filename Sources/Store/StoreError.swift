internal import Bytes
internal import GRDB

/// A failure of an index; the description says what its owner can do.
package enum StoreError: Error, Sendable, Equatable {
  /// There is no index at this path.
  case notFound(path: String)

  /// The file exists but is not a swiftrag index.
  case notAnIndex(path: String, detail: String)

  /// A newer program wrote the index.
  case newerSchema(path: String, version: Int, supported: Int)

  /// An older program wrote the index, and it cannot be written to migrate it.
  case olderSchema(path: String, version: Int, supported: Int)

  /// The index was built with another embedding model, dimension or chunker.
  case identityMismatch(path: String, field: String, stored: String, wanted: String)

  /// A write to an index that is open for reading only.
  case readOnly(path: String)

  /// Another process kept the index locked for longer than the busy timeout.
  case busy(path: String)

  /// The disk, the quota or the file size limit is exhausted. The last transaction did not happen.
  case diskFull(path: String)

  /// The operating system failed to read or write the file.
  case inputOutput(path: String, detail: String)

  /// The file's structure or content is damaged.
  case corrupt(path: String, detail: String)

  /// The caller's chunks and vectors do not match, or contain values that a search cannot use.
  case invalidInput(String)

  /// A query vector or a path pattern that cannot be used.
  case invalidQuery(String)

  /// Any other failure of SQLite.
  case database(path: String, code: Int32, message: String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let path):
      "no index at \(path)\n  try: swiftrag add PATH, which creates one"
    case .notAnIndex(let path, let detail):
      "\(path) is not a swiftrag index (\(detail))\n  try: --index FILE, another file"
    case .newerSchema(let path, let version, let supported):
      "the index \(path) has schema \(version), but this program reads schemas up to \(supported)\n"
        + "  try: a newer swiftrag, or --index FILE, another file"
    case .olderSchema(let path, let version, let supported):
      "the index \(path) has schema \(version) and must be migrated to schema \(supported), but it "
        + "cannot be written\n  try: swiftrag index info --index \(shellWord(path)), once as a user who "
        + "may write the file and its folder"
    case .identityMismatch(let path, let field, let stored, let wanted):
      "the index \(path) was built with \(field) \(stored), but \(wanted) is needed; vectors of "
        + "different models cannot be compared\n  try: swiftrag index rebuild, or --index FILE, another "
        + "file"
    case .readOnly(let path):
      "the index \(path) cannot be written\n  try: ls -ld \(shellWord(Paths.folder(of: path))) "
        + "\(shellWord(path)), which shows who may write them"
    case .busy(let path):
      "the index \(path) is locked by another process\n  try: the same command when it has ended"
    case .diskFull(let path):
      "no space left to write the index \(path); what was indexed before is intact\n"
        + "  try: free some space, then the same command again"
    case .inputOutput(let path, let detail):
      "cannot read or write the index \(path): \(detail)"
    case .corrupt(let path, let detail):
      "the index \(path) is damaged (\(detail))\n  try: swiftrag index verify, then swiftrag index "
        + "rebuild"
    case .invalidInput(let detail):
      "cannot be used: \(detail)"
    case .invalidQuery(let detail):
      "cannot search: \(detail)"
    case .database(let path, let code, let message):
      "SQLite failed on \(path): \(message) (code \(code))"
    }
  }
}

extension StoreError {
  /// Translates an error of the database layer.
  package init(_ error: any Error, path: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as BytesError: self = .inputOutput(path: path, detail: error.description)
    case let error as DatabaseError: self.init(error, path: path)
    case is RowDecodingError: self = .corrupt(path: path, detail: "a column has a wrong type")
    default: self = .database(path: path, code: 0, message: "\(error)")
    }
  }

  private init(_ error: DatabaseError, path: String) {
    let detail = error.message ?? "no message"
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull(path: path)
    case .SQLITE_IOERR:
      // What a write beyond RLIMIT_FSIZE or a quota looks like: EFBIG and EDQUOT are not ENOSPC.
      if error.extendedResultCode == .SQLITE_IOERR_WRITE {
        self = .diskFull(path: path)
      } else {
        self = .inputOutput(path: path, detail: "\(detail) (\(error.extendedResultCode))")
      }
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_AUTH: self = .inputOutput(path: path, detail: detail)
    case .SQLITE_NOTADB: self = .notAnIndex(path: path, detail: "it is not an SQLite database")
    case .SQLITE_CORRUPT: self = .corrupt(path: path, detail: detail)
    default:
      self = .database(path: path, code: error.extendedResultCode.rawValue, message: detail)
    }
  }
}
