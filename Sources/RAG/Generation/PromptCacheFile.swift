package import Bytes
internal import Foundation
package import Models

/// A session's tokens and state in a file, so that the next process need not compute them again.
///
/// ```
///  0   8 bytes  "SWRAGKV\n"
///  8   UInt32   version, 1
/// 12   UInt32   number of tokens n
/// 16  32 bytes  identity: SHA-256 of the model's identity and the session's `stateDescription`
/// 48   4n       the ids, Int32
///      ...      the session's state
///     32 bytes  SHA-256 of everything before
/// ```
/// Numbers are little-endian. The file is written beside its place and renamed. A file of another
/// model, another version, another length or another checksum is never used: it is passed over with a
/// note and replaced.
package struct PromptCacheFile {
  private static let magic = Array("SWRAGKV\n".utf8)
  static let version: UInt32 = 1
  private static let headerByteCount = 48
  private static let digestByteCount = 32

  let path: String
  private let identity: SHA256Digest

  package init(path: String, identity: SHA256Digest) {
    self.path = path
    self.identity = identity
  }

  /// What a file and a session must have in common.
  package static func identity(
    model: SHA256Digest, session: any LanguageModelSession
  ) throws(BytesError) -> SHA256Digest {
    try SHA256Digest.of(model.bytes + Array(session.stateDescription.utf8))
  }

  /// Why a file is of no use.
  private enum Problem: Error {
    case absent
    case reason(String)
  }

  /// Loads the file's state into the session when that saves work for `prompt`.
  ///
  /// - Returns: a note for a person when there is a file that could not be used.
  package func restore(into cache: CachedSession, for prompt: [Int32]) -> String? {
    do throws(Problem) {
      var (reader, ids) = try readHeader()
      let shared = zip(ids, prompt).prefix { $0 == $1 }.count
      guard shared > cache.sharedTokenCount(with: prompt) else { return nil }
      guard ids.count <= cache.session.contextTokenCount else {
        throw .reason(
          "it holds \(ids.count) tokens, and the context \(cache.session.contextTokenCount)")
      }
      try verify()
      cache.didRestore([])
      do throws(ModelError) { try cache.session.readState(&reader) } catch {
        throw .reason("\(error)")
      }
      guard cache.session.tokenCount == ids.count else {
        cache.session.rewind(to: 0)
        throw .reason("its state has another number of tokens")
      }
      cache.didRestore(ids)
      return nil
    } catch {
      switch error {
      case .absent: return nil
      case .reason(let reason): return "prompt cache \(path) was not used: \(reason)"
      }
    }
  }

  /// Writes the session's tokens and state, unless the file has the whole prompt already.
  ///
  /// - Returns: a note for a person when the file could not be written.
  package func save(_ cache: CachedSession, prompt: [Int32]) -> String? {
    if let (_, ids) = try? readHeader(),
      zip(ids, prompt).prefix(while: { $0 == $1 }).count >= prompt.count - 1, (try? verify()) != nil
    {
      return nil
    }
    do throws(BytesError) {
      let writer = try AtomicFileWriter(path: path)
      let hasher = try SHA256Hasher()
      var header = ByteBuilder()
      header.append(bytes: Self.magic)
      header.append(Self.version)
      header.append(UInt32(cache.tokenIDs.count))
      header.append(bytes: identity.bytes)
      for id in cache.tokenIDs { header.append(id) }
      try writer.append(header.bytes)
      try hasher.update(header.bytes)
      try cache.session.writeState { bytes throws(BytesError) in
        try writer.append(bytes)
        try hasher.update(bytes)
      }
      try writer.append(try hasher.finalize().bytes)
      try writer.commit()
      return nil
    } catch {
      return "prompt cache \(path) was not written: \(error)"
    }
  }

  /// The ids, and a reader at the state.
  private func readHeader() throws(Problem) -> (reader: ByteReader, ids: [Int32]) {
    let file = try open()
    guard file.byteCount >= Self.headerByteCount + Self.digestByteCount else {
      throw .reason("it is too short")
    }
    do {
      var reader = try ByteReader(file: file, range: 0..<(file.byteCount - Self.digestByteCount))
      guard try reader.bytes(8, "magic") == Self.magic else {
        throw Problem.reason("it is no prompt cache")
      }
      let version = try reader.uint32("version")
      guard version == Self.version else {
        throw Problem.reason("it has version \(version), this program writes \(Self.version)")
      }
      let tokenCount = Int(try reader.uint32("number of tokens"))
      guard try reader.bytes(Self.digestByteCount, "identity") == identity.bytes else {
        throw Problem.reason("it was made with another model or another type of cache")
      }
      return (reader, try reader.integers(tokenCount, of: Int32.self, "tokens"))
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .reason("\(error)")
    }
  }

  private func open() throws(Problem) -> MappedFile {
    do throws(BytesError) { return try MappedFile(path: path) } catch {
      if case .system(_, _, let code) = error, code == ENOENT { throw .absent }
      throw .reason("\(error)")
    }
  }

  /// Checks the checksum over the whole file.
  private func verify() throws(Problem) {
    let file = try open()
    do {
      let end = file.byteCount - Self.digestByteCount
      let found = try SHA256Digest.of(file, range: 0..<end)
      guard try file.copyBytes(end..<file.byteCount) == found.bytes else {
        throw Problem.reason("its checksum is wrong")
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .reason("\(error)")
    }
  }
}
