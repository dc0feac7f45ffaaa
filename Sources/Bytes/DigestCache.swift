import Glibc

/// SHA-256 values of whole files, kept in a folder so that a file is read once and not at each
/// start.
///
/// A file is recognised by device and inode, which name the entry, and by size, time of the last
/// write and time of the last change of its inode, which are in it. The last of these cannot be set
/// by a program, so a file whose content was replaced and whose write time was put back is hashed
/// again. Entries are advice: one that cannot be read, written or understood costs a hash and
/// nothing else.
///
/// An entry is one line, `1 SIZE WRITTEN CHANGED SHA256`, times in nanoseconds since 1970.
package struct DigestCache: Sendable {
  /// The folder of the entries; nil: nothing is kept.
  package let folder: String?

  /// The format of the entries.
  private static let version = 1
  /// A file that changed less than this before it was hashed may change again within one tick of
  /// the file system's clock, unseen; its digest is not kept.
  private static let settlingNanoseconds: Int64 = 2_000_000_000

  package init(folder: String?) { self.folder = folder }

  /// The cache of this user, `$XDG_CACHE_HOME/swiftrag/digests`.
  package static var standard: DigestCache {
    DigestCache(folder: BaseFolder.cache.path().map { $0 + "/digests" })
  }

  /// The SHA-256 of a model: that of its file, or of the digests of its files one after another.
  ///
  /// - Throws: `BytesError` where a file cannot be read.
  package func digest(ofFilesAt paths: [String]) throws(BytesError) -> SHA256Digest {
    if paths.count == 1 { return try digest(ofFileAt: paths[0]) }
    let hasher = try SHA256Hasher()
    for path in paths { try hasher.update(Array(try digest(ofFileAt: path).hex.utf8)) }
    return try hasher.finalize()
  }

  /// The SHA-256 of the file at `path`.
  ///
  /// - Throws: `BytesError` where the file cannot be read; never for the cache.
  /// - Complexity: O(1) where the file is known, else O(file), about 1 s for 2 GB.
  package func digest(ofFileAt path: String) throws(BytesError) -> SHA256Digest {
    guard let folder, let before = State(path: path) else {
      return try SHA256Digest.of(MappedFile(path: path))
    }
    let entry = "\(folder)/\(before.device)-\(before.inode)"
    if let known = Self.read(entry, before) { return known }
    let digest = try SHA256Digest.of(MappedFile(path: path))
    if State(path: path) == before, Self.now() - before.changed > Self.settlingNanoseconds {
      Paths.makeFolders(folder)
      try? AtomicFile.write(Array("\(before.text) \(digest.hex)\n".utf8), to: entry)
    }
    return digest
  }

  private static func read(_ entry: String, _ state: State) -> SHA256Digest? {
    guard let bytes = MappedFile.smallContents(path: entry, below: 256) else { return nil }
    let line = String(decoding: bytes, as: UTF8.self)
    guard line.hasPrefix(state.text + " "), line.last == "\n" else { return nil }
    return SHA256Digest(hex: line.dropFirst(state.text.count + 1).dropLast())
  }

  private static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// The identity of one state of a file.
  private struct State: Equatable {
    let device: UInt64
    let inode: UInt64
    let byteCount: Int64
    let written: Int64
    let changed: Int64

    init?(path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      byteCount = Int64(status.st_size)
      written = DigestCache.nanoseconds(status.st_mtim)
      changed = DigestCache.nanoseconds(status.st_ctim)
    }

    var text: String { "\(DigestCache.version) \(byteCount) \(written) \(changed)" }
  }
}

extension SHA256Digest {
  /// The digest of 64 lowercase hexadecimal digits, or nil for other text.
  package init?(hex: some StringProtocol) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex.utf8 {
      let digit: UInt8
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard bytes.count == 32, high == nil else { return nil }
    self.bytes = bytes
  }
}
