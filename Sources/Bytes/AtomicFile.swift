import Glibc

/// Replaces a file atomically: after a crash or a power failure, the name refers either to the old
/// content or to the whole new content.
///
/// The bytes are written to a new file in the same folder and synchronised with `fsync`; `rename`
/// gives it the name, and the folder is synchronised as well.
///
/// - Source: POSIX `rename` (atomic replacement); the fsync order is that of SQLite's and LevelDB's
///   commit paths.
package enum AtomicFile {
  /// Replaces or creates the file at `path` with `bytes`.
  ///
  /// - Throws: `BytesError.system`; the target is then untouched and no temporary file is left.
  package static func write(_ bytes: [UInt8], to path: String) throws(BytesError) {
    let writer = try AtomicFileWriter(path: path)
    try writer.append(bytes)
    try writer.commit()
  }
}

/// A stream of bytes that becomes the file at `path` when it is committed, and leaves nothing
/// otherwise.
@safe
package final class AtomicFileWriter {
  /// The path of the finished file.
  package let path: String

  /// The number of bytes appended.
  package private(set) var byteCount = 0

  private let temporaryPath: String
  private let folder: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Small appends are collected up to this size: with 1 MiB, the system calls disappear from
  /// profiles.
  private static let bufferByteCount = 1 << 20

  /// The file is synchronised each time this many bytes were written: `commit` then does not wait
  /// for gigabytes at once, and progress shown to a user is that of the disk.
  private static let syncByteCount = 256 << 20
  private var unsyncedByteCount = 0

  /// Creates the temporary file beside `path`.
  ///
  /// If `path` is a symbolic link, the file that it points to is replaced. A replaced file keeps
  /// its permissions; a new one gets 0666 less the umask.
  ///
  /// - Throws: `BytesError.system` where the folder is missing or not writable.
  package init(path: String) throws(BytesError) {
    let target = Paths.canonical(path) ?? path
    let folder = Paths.folder(of: target)
    let name = Paths.name(of: target)
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    // The extension marks it as unfinished; `.gitignore` and the indexer skip it.
    let temporaryPath = "\(folder)/.\(name.prefix(128)).\(suffix).part"
    let descriptor = unsafe open(
      temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o666))
    guard descriptor >= 0 else {
      throw .system(operation: "create a file beside", path: path, code: errno)
    }
    var status = stat()
    if unsafe stat(target, &status) == 0 { fchmod(descriptor, status.st_mode & 0o7777) }
    self.path = target
    self.folder = folder
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unsafe unlink(temporaryPath)
    }
  }

  /// Appends bytes.
  ///
  /// - Throws: `BytesError.system`, for example where the disk is full.
  package func append(_ bytes: [UInt8]) throws(BytesError) {
    if bytes.count < AtomicFileWriter.bufferByteCount {
      buffer.append(contentsOf: bytes)
      byteCount += bytes.count
      if buffer.count >= AtomicFileWriter.bufferByteCount { try flush() }
      return
    }
    try flush()
    try write(bytes)
    byteCount += bytes.count
  }

  /// Appends bytes from memory that the caller keeps alive during the call.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(BytesError) {
    if bytes.count < AtomicFileWriter.bufferByteCount {
      unsafe buffer.append(contentsOf: bytes)
      byteCount += bytes.count
      if buffer.count >= AtomicFileWriter.bufferByteCount { try flush() }
      return
    }
    try flush()
    unsafe try write(bytes)
    byteCount += bytes.count
  }

  /// Makes the file appear under its name, durably.
  ///
  /// - Throws: `BytesError.system`; the name is then unchanged unless only the synchronisation of
  ///   the folder failed.
  package func commit() throws(BytesError) {
    precondition(descriptor >= 0, "an atomic file is committed once")
    try flush()
    guard fsync(descriptor) == 0 else { throw failure("synchronise") }
    guard unsafe rename(temporaryPath, path) == 0 else { throw failure("rename") }
    close(descriptor)
    descriptor = -1
    let folderDescriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folderDescriptor >= 0 else { throw failure("open the folder of") }
    defer { close(folderDescriptor) }
    // Some network file systems cannot synchronise a folder and report EINVAL.
    if fsync(folderDescriptor) != 0 && errno != EINVAL {
      throw failure("synchronise the folder of")
    }
  }

  private func failure(_ operation: String) -> BytesError {
    .system(operation: operation, path: path, code: errno)
  }

  private func flush() throws(BytesError) {
    if buffer.isEmpty { return }
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(BytesError) {
    var failed: BytesError?
    unsafe bytes.withUnsafeBytes { pointer in
      do throws(BytesError) { unsafe try write(pointer) } catch { failed = error }
    }
    if let failed { throw failed }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(BytesError) {
    guard let base = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      let count = unsafe Glibc.write(descriptor, base + written, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write")
      }
      written += count
    }
    unsyncedByteCount += written
    guard unsyncedByteCount >= AtomicFileWriter.syncByteCount else { return }
    unsyncedByteCount = 0
    guard fdatasync(descriptor) == 0 else { throw failure("synchronise") }
  }
}
