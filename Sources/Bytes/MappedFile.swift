import Glibc

/// The bytes of one file, read-only, at a fixed address for as long as the object lives.
///
/// The file is memory-mapped: opening 4 GB takes microseconds, and pages are loaded on first
/// access. The descriptor stays open, so that `checkUnchanged()` can compare size and time of this
/// very file, not of another that has taken its name. A mapped file that another process shortens
/// raises SIGBUS on access; where that can happen, use `.loaded`, which copies.
///
/// An empty file is a valid value with no bytes.
@safe
package final class MappedFile: @unchecked Sendable {
  // Sendable by hand: every stored property is a `let`, and nothing ever writes to the memory.

  /// Whether the bytes are mapped or in memory.
  package enum Backing: Sendable {
    /// `mmap`: pages come from the page cache on demand.
    case mapped
    /// Read once into memory: independent of what happens to the file afterwards.
    case loaded
  }

  /// The path as given, or the name given to bytes that come from no file.
  package let path: String

  /// The size that `fstat` reported when the file was opened.
  package let byteCount: Int

  /// Whether the bytes are mapped or in memory.
  package let backing: Backing

  /// Files from this size on are read in huge pages: models, whose every byte is read.
  private static let largeByteCount = 64 << 20

  private let base: UnsafeRawPointer?
  private let descriptor: Int32
  private let identity: FileIdentity?

  /// Opens a regular file.
  ///
  /// - Parameters:
  ///   - path: any path; symbolic links are followed.
  ///   - backing: `.mapped` by default.
  /// - Throws: `BytesError.system` (open, fstat, mmap, read), `.notRegularFile`, or `.fileChanged`
  ///   where a `.loaded` file shrinks while it is read.
  package init(path: String, backing: Backing = .mapped) throws(BytesError) {
    // O_NONBLOCK: opening a FIFO must fail the type check below, not wait for a writer.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .system(operation: "open", path: path, code: errno)
    }
    var keepsDescriptor = false
    defer { if !keepsDescriptor { close(descriptor) } }

    let identity = try FileIdentity(descriptor: descriptor, path: path)
    let byteCount = identity.byteCount
    if byteCount == 0 {
      unsafe base = nil
    } else if backing == .mapped {
      let address = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard let address = unsafe address, unsafe address != MAP_FAILED else {
        throw .system(operation: "map", path: path, code: errno)
      }
      // A hint: large files are read and mapped 2 MB at a time (mm/filemap.c,
      // do_sync_mmap_readahead) where their file system has such pages.
      if byteCount >= MappedFile.largeByteCount {
        unsafe madvise(address, byteCount, MADV_HUGEPAGE)
      }
      unsafe base = UnsafeRawPointer(address)
    } else {
      unsafe base = try MappedFile.load(descriptor, byteCount: byteCount, path: path)
    }
    self.path = path
    self.byteCount = byteCount
    self.backing = backing
    self.descriptor = descriptor
    self.identity = identity
    keepsDescriptor = true
  }

  /// Holds a copy of `bytes` as if they were a file: for tests, and for members of an archive.
  package init(bytes: [UInt8], name: String) {
    path = name
    byteCount = bytes.count
    backing = .loaded
    descriptor = -1
    identity = nil
    if bytes.isEmpty {
      unsafe base = nil
    } else {
      let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
      unsafe bytes.withUnsafeBytes {
        unsafe copy.copyMemory(from: $0.baseAddress!, byteCount: $0.count)
      }
      unsafe base = UnsafeRawPointer(copy)
    }
  }

  deinit {
    if let base = unsafe base {
      switch backing {
      case .mapped: unsafe munmap(UnsafeMutableRawPointer(mutating: base), byteCount)
      case .loaded: unsafe base.deallocate()
      }
    }
    if descriptor >= 0 { close(descriptor) }
  }

  /// All bytes, for kernels and readers.
  ///
  /// Valid only while this object lives: hold the object in a property or variable that outlives
  /// every use, never write `MappedFile(path: p).bytes`. `withBytes` does not have this pitfall.
  package var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: byteCount)
  }

  /// Calls `body` with all bytes, which stay valid during the call and may not escape it.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return unsafe try body(bytes)
  }

  /// Returns the resident pages of a mapped file to the system; later reads come from the page
  /// cache.
  ///
  /// Scattered reads of a few bytes keep up to 2 MB resident each.
  package func releasePages() {
    guard backing == .mapped, let base = unsafe base else { return }
    unsafe madvise(UnsafeMutableRawPointer(mutating: base), byteCount, MADV_DONTNEED)
  }

  /// When the file was last written, in nanoseconds since 1970; nil for bytes that come from no
  /// file.
  ///
  /// As reported at opening, and for comparison only: an absurd time wraps around.
  package var modifiedNanoseconds: Int64? {
    identity.map { Int64($0.modifiedSeconds) &* 1_000_000_000 &+ Int64($0.modifiedNanoseconds) }
  }

  /// A bounds-checked cursor at the first byte; it keeps this object alive.
  package var reader: ByteReader { ByteReader(file: self) }

  /// A copy of the bytes of `range`, by default of all.
  ///
  /// - Throws: `BytesError.truncated` where the range leaves the file.
  package func copyBytes(_ range: Range<Int>? = nil) throws(BytesError) -> [UInt8] {
    let range = range ?? 0..<byteCount
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw .truncated(
        what: "range of \(path)", byteOffset: range.lowerBound, needed: UInt64(range.count),
        available: max(0, byteCount - range.lowerBound))
    }
    return unsafe Array(bytes[range])
  }

  /// The bytes of a small file that need not exist.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: a file of this size or more is not read.
  /// - Returns: nil where it is too large or cannot be read.
  package static func smallContents(path: String, below limit: Int) -> [UInt8]? {
    guard let file = try? MappedFile(path: path), file.byteCount < limit else { return nil }
    return try? file.copyBytes()
  }

  /// Verifies that the open file still has the size, the modification time and the identity it
  /// had at opening, and that the path still names it.
  ///
  /// - Throws: `BytesError.fileChanged`, or `.system` where the path has vanished.
  package func checkUnchanged() throws(BytesError) {
    guard let identity else { return }
    let now = try FileIdentity(descriptor: descriptor, path: path)
    if now.byteCount != identity.byteCount {
      throw .fileChanged(
        path: path, detail: "its size was \(identity.byteCount) and is \(now.byteCount) bytes")
    }
    if now != identity { throw .fileChanged(path: path, detail: "it was written to") }
    let named = try FileIdentity(path: path)
    if named.device != identity.device || named.inode != identity.inode {
      throw .fileChanged(path: path, detail: "another file took its name")
    }
  }

  private static func load(
    _ descriptor: Int32, byteCount: Int, path: String
  ) throws(BytesError) -> UnsafeRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    var filled = 0
    while filled < byteCount {
      let count = unsafe pread(
        descriptor, memory + filled, byteCount - filled, off_t(filled))
      if count < 0 && errno == EINTR { continue }
      if count <= 0 {
        let code = errno
        unsafe memory.deallocate()
        if count < 0 { throw .system(operation: "read", path: path, code: code) }
        throw .fileChanged(path: path, detail: "it ended at byte \(filled) of \(byteCount)")
      }
      filled += count
    }
    return UnsafeRawPointer(memory)
  }
}
