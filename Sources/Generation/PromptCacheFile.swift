internal import Bytes
internal import Foundation
internal import Models

/// A file with a session's tokens and state, so that the next process need not compute them again.
///
/// ```
///  0   8 bytes  "SWRAGKV\n"
///  8   UInt32   version, 1
/// 12   UInt32   number of tokens n
/// 16  32 bytes  the session's `stateFingerprint`: the model, the type of the cache, the kernels
/// 48   4n       the ids, Int32
///     32 bytes  SHA-256 of everything before
///      ...      the session's state, which has a checksum of its own
/// ```
/// Numbers are little-endian. The file is written under a temporary name in the same folder and
/// renamed. A file with another model, version, length or checksum is never used: it is skipped with a
/// note and replaced. A file that does not begin with the magic bytes is not replaced.
package struct PromptCacheFile {
  private static let magic = Array("SWRAGKV\n".utf8)
  static let version: UInt32 = 1
  private static let digestByteCount = 32

  let path: String

  package init(path: String) {
    self.path = path
  }

  /// The reason why a file cannot be used.
  private enum Problem: Error {
    /// The file does not exist or is empty.
    case absent
    /// The file is not a prompt cache or cannot be read; it must not be replaced.
    case foreign(String)
    /// The file is a prompt cache, but an outdated or damaged one.
    case reason(String)
  }

  /// The content before the state.
  private struct Header {
    let file: MappedFile
    let tokenIDs: [Int32]
    let stateRange: Range<Int>
  }

  /// Reads the file's state into the session if it has more of `prompt` than the session.
  ///
  /// - Returns: a message for the user if the file exists and cannot be used.
  package func restore(into cache: CachedSession, for prompt: [Int32]) -> String? {
    do throws(Problem) {
      let header = try readHeader(for: cache.session)
      let shared = zip(header.tokenIDs, prompt).prefix { $0 == $1 }.count
      guard shared > cache.sharedTokenCount(with: prompt) else { return nil }
      do throws(ModelError) {
        try cache.session.readState(from: header.file, range: header.stateRange)
      } catch { throw .reason("\(error)") }
      guard cache.session.tokenCount == header.tokenIDs.count else {
        cache.session.rewind(to: 0)
        cache.didRestore([])
        throw .reason("its state has a different number of tokens")
      }
      cache.didRestore(header.tokenIDs)
      return nil
    } catch {
      switch error {
      case .absent: return nil
      case .foreign(let reason), .reason(let reason):
        return "prompt cache \(path) was not used: \(reason)"
      }
    }
  }

  /// Writes the session's tokens and state.
  ///
  /// - Parameters:
  ///   - cache: the session.
  ///   - prompt: the answered prompt; a file that contains all of it is not written again.
  ///   - replaces: whether the file is written in any case, because it is damaged.
  /// - Returns: a message for the user if the file could not be written.
  package func save(_ cache: CachedSession, prompt: [Int32], replaces: Bool = false) -> String? {
    do throws(Problem) {
      let header = try readHeader(for: cache.session)
      let shared = zip(header.tokenIDs, prompt).prefix { $0 == $1 }.count
      if !replaces, shared >= prompt.count - 1 { return nil }
    } catch {
      // `restore` has reported the reason. A file of another kind is not replaced.
      if case .foreign = error { return nil }
    }
    do {
      var header = ByteBuilder()
      header.append(bytes: Self.magic)
      header.append(Self.version)
      header.append(UInt32(cache.tokenIDs.count))
      header.append(bytes: try cache.session.stateFingerprint())
      for id in cache.tokenIDs { header.append(id) }
      let writer = try AtomicFileWriter(path: path)
      try writer.append(header.bytes)
      try writer.append(try SHA256Digest.of(header.bytes).bytes)
      try cache.session.writeState(tokenCount: cache.tokenIDs.count, to: writer)
      try writer.commit()
      return nil
    } catch {
      return "prompt cache \(path) was not written: \(error)"
    }
  }

  /// Reads and checks everything before the state.
  private func readHeader(for session: any LanguageModelSession) throws(Problem) -> Header {
    let file: MappedFile
    do throws(BytesError) { file = try MappedFile(path: path) } catch {
      if case .system(_, _, let code) = error, code == ENOENT { throw .absent }
      throw .foreign("\(error)")
    }
    // An empty file was created for this purpose, for example by `mktemp`.
    if file.byteCount == 0 { throw .absent }
    do {
      var reader = file.reader
      guard file.byteCount >= Self.magic.count,
        try reader.bytes(Self.magic.count, "magic") == Self.magic
      else { throw Problem.foreign("it is not a prompt cache; it was left unchanged") }
      let version = try reader.uint32("version")
      guard version == Self.version else {
        throw Problem.reason("it has version \(version), this program writes \(Self.version)")
      }
      let tokenCount = Int(try reader.uint32("number of tokens"))
      let fingerprint = try reader.bytes(32, "fingerprint")
      let tokenIDs = try reader.integers(tokenCount, of: Int32.self, "tokens")
      let digest = try SHA256Digest.of(file, range: 0..<reader.byteOffset)
      guard try reader.bytes(Self.digestByteCount, "checksum") == digest.bytes else {
        throw Problem.reason("its checksum is wrong")
      }
      guard try fingerprint == session.stateFingerprint() else {
        throw Problem.reason("it was written with a different model, cache type or kernel backend")
      }
      guard tokenCount <= session.contextTokenCount else {
        throw Problem.reason(
          "it holds \(tokenCount) tokens, and the context \(session.contextTokenCount)")
      }
      return Header(
        file: file, tokenIDs: tokenIDs, stateRange: reader.byteOffset..<file.byteCount)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .reason("\(error)")
    }
  }
}
