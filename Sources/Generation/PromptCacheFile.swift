internal import Bytes
internal import Foundation
internal import Models

/// A session's tokens and state in a file, so that the next process need not compute them again.
///
/// ```
///  0   8 bytes  "SWRAGKV\n"
///  8   UInt32   version, 1
/// 12   UInt32   number of tokens n
/// 16  32 bytes  the session's `stateFingerprint`: the model, the type of the cache, the kernels
/// 48   4n       the ids, Int32
///     32 bytes  SHA-256 of everything before
///      ...      the session's state, which carries a checksum of its own
/// ```
/// Numbers are little-endian. The file is written beside its place and renamed. A file of another
/// model, another version, another length or another checksum is never used: it is passed over with a
/// note and replaced. A file that does not begin as a prompt cache is somebody's, and stays as it is.
package struct PromptCacheFile {
  private static let magic = Array("SWRAGKV\n".utf8)
  static let version: UInt32 = 1
  private static let digestByteCount = 32

  let path: String

  package init(path: String) {
    self.path = path
  }

  /// Why a file is of no use.
  private enum Problem: Error {
    case absent
    /// It is another kind of file, or cannot be read.
    case foreign(String)
    case reason(String)
  }

  /// What stands before the state.
  private struct Header {
    let file: MappedFile
    let tokenIDs: [Int32]
    let stateRange: Range<Int>
  }

  /// Loads the file's state into the session when that saves work for `prompt`.
  ///
  /// - Returns: a note for a person when there is a file that could not be used.
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
        throw .reason("its state has another number of tokens")
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
  ///   - prompt: the prompt that was answered; a file that has it all is left as it is.
  ///   - replaces: whether the file is written in any case, as it proved damaged.
  /// - Returns: a note for a person when the file could not be written.
  package func save(_ cache: CachedSession, prompt: [Int32], replaces: Bool = false) -> String? {
    do throws(Problem) {
      let header = try readHeader(for: cache.session)
      let shared = zip(header.tokenIDs, prompt).prefix { $0 == $1 }.count
      if !replaces, shared >= prompt.count - 1 { return nil }
    } catch {
      // `restore` has told why; what is no prompt cache is not ours to replace.
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

  private func readHeader(for session: any LanguageModelSession) throws(Problem) -> Header {
    let file: MappedFile
    do throws(BytesError) { file = try MappedFile(path: path) } catch {
      if case .system(_, _, let code) = error, code == ENOENT { throw .absent }
      throw .foreign("\(error)")
    }
    // An empty file is a place that somebody made for it, as `mktemp` does.
    if file.byteCount == 0 { throw .absent }
    do {
      var reader = file.reader
      guard file.byteCount >= Self.magic.count,
        try reader.bytes(Self.magic.count, "magic") == Self.magic
      else { throw Problem.foreign("it is no prompt cache, and stays as it is") }
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
        throw Problem.reason("it was made with another model, type of cache or kind of kernels")
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
