internal import Bytes
internal import Glibc

/// A file that is being downloaded: `NAME.part`, and `NAME.part.json` with what a continuation needs.
///
/// SHA-256 is computed while the bytes arrive. The bytes of an earlier run are read once, when the
/// download continues.
@safe
final class PartFile {
  /// The version of the remote file whose bytes are in the part, as the server described it.
  struct Origin: Equatable {
    /// For `If-Range`.
    var validator: String?
    /// The SHA-256 that the hub states.
    var linkedDigest: String?
  }

  let path: String
  private let descriptor: Int32
  private var hasher: SHA256Hasher
  /// Bytes that are in the file.
  private(set) var byteCount = 0
  /// The version of the remote file that the bytes belong to.
  private(set) var origin = Origin()

  /// Opens the file, or creates it, and reads what it contains.
  ///
  /// - Throws: `DownloadError.cannotWrite`.
  init(path: String) throws(DownloadError) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(0o666))
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, code: errno, kept: false)
    }
    hasher = try Self.newHasher()
    origin = Self.readOrigin(path + ".json")
    try hashExisting()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func newHasher() throws(DownloadError) -> SHA256Hasher {
    do throws(BytesError) { return try SHA256Hasher() } catch {
      throw .curl(reason: "\(error)")
    }
  }

  private func hashExisting() throws(DownloadError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      if count == 0 { return }
      try hash(buffer[..<count])
      byteCount += count
    }
  }

  private func hash(_ bytes: ArraySlice<UInt8>) throws(DownloadError) {
    do throws(BytesError) { try hasher.update(Array(bytes)) } catch {
      throw .curl(reason: "\(error)")
    }
  }

  /// Removes the bytes: the server sends the file from its beginning.
  ///
  /// - Parameter origin: the version that will be written.
  /// - Throws: `DownloadError.cannotWrite`.
  func restart(origin: Origin) throws(DownloadError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw failure()
    }
    hasher = try Self.newHasher()
    byteCount = 0
    try describe(origin)
  }

  /// Keeps the version for a later run, before its first byte is written.
  private func describe(_ origin: Origin) throws(DownloadError) {
    self.origin = origin
    let members = [("validator", origin.validator), ("linkedDigest", origin.linkedDigest)]
    let json = JSONValue.object(
      members.compactMap { name, value in value.map { JSONMember(key: name, value: .string($0)) } })
    do throws(BytesError) { try AtomicFile.write(json.compactText, to: path + ".json") } catch {
      throw DownloadError.writing(error, path: path, kept: true)
    }
  }

  private static func readOrigin(_ path: String) -> Origin {
    guard let bytes = MappedFile.smallContents(path: path, below: 1 << 16),
      let json = try? JSONValue.parse(bytes)
    else { return Origin() }
    return Origin(
      validator: json["validator"]?.stringValue, linkedDigest: json["linkedDigest"]?.stringValue)
  }

  /// Appends bytes.
  ///
  /// - Throws: `DownloadError.cannotWrite`, for example where the disk is full; all bytes that
  ///   were written before are kept.
  func append(_ bytes: ArraySlice<UInt8>) throws(DownloadError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      try hash(rest.prefix(count))
      byteCount += count
      rest = rest.dropFirst(count)
    }
  }

  /// The SHA-256 of all bytes; nothing may be appended afterwards.
  func digest() throws(DownloadError) -> SHA256Digest {
    do throws(BytesError) { return try hasher.finalize() } catch {
      throw .curl(reason: "\(error)")
    }
  }

  /// Makes the bytes durable and gives the file its name.
  ///
  /// - Throws: `DownloadError.cannotWrite`.
  func install(as path: String) throws(DownloadError) {
    guard fsync(descriptor) == 0, unsafe rename(self.path, path) == 0 else { throw failure() }
    unsafe unlink(self.path + ".json")
  }

  /// Removes the file.
  func remove() {
    unsafe unlink(path)
    unsafe unlink(path + ".json")
  }

  private func failure() -> DownloadError { .cannotWrite(path: path, code: errno, kept: true) }
}

extension DownloadError {
  /// The error of a failed write to `path`.
  static func writing(_ error: BytesError, path: String, kept: Bool) -> DownloadError {
    if case .system(_, _, let code) = error {
      return .cannotWrite(path: path, code: code, kept: kept)
    }
    return .curl(reason: "\(error)")
  }
}
