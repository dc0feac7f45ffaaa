internal import Bytes
internal import Glibc

extension FileContents {
  /// The first bytes of a regular file.
  ///
  /// - Parameters:
  ///   - path: the file; symbolic links are followed.
  ///   - byteCount: how many at most.
  /// - Returns: the bytes; all of a shorter file.
  /// - Throws: as ``read(path:limit:)``.
  package static func beginning(
    ofFileAt path: String, byteCount: Int
  ) throws(DocumentError) -> [UInt8] {
    var beginning: [UInt8] = []
    try read(path: path, blockByteCount: byteCount) { block in
      beginning += block
      return beginning.count < byteCount
    }
    return Array(beginning.prefix(byteCount))
  }

  /// The SHA-256 of a regular file, which is read block by block: recordings are larger than
  /// memory.
  ///
  /// - Returns: 64 lower-case hexadecimal digits.
  /// - Throws: as ``read(path:limit:)``.
  package static func sha256(ofFileAt path: String) throws(DocumentError) -> String {
    do {
      let hasher = try SHA256Hasher()
      var failure: BytesError?
      try read(path: path, blockByteCount: 1 << 20) { block in
        do throws(BytesError) { try hasher.update(Array(block)) } catch { failure = error }
        return failure == nil
      }
      if let failure { throw failure }
      return try hasher.finalize().hex
    } catch let error as DocumentError {
      throw error
    } catch {
      throw .cannotOpen(path: path, reason: "\(error)")
    }
  }

  /// Passes the blocks of a file to `body` until it returns false.
  private static func read(
    path: String, blockByteCount: Int, _ body: (ArraySlice<UInt8>) -> Bool
  ) throws(DocumentError) {
    let descriptor = try open(path)
    defer { close(descriptor) }
    try regularByteCount(descriptor, path: path)
    var block = [UInt8](repeating: 0, count: blockByteCount)
    while true {
      let count = unsafe block.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .cannotOpen(path: path, reason: systemMessage(errno))
      }
      guard count > 0, body(block[..<count]) else { return }
    }
  }
}
