internal import CCrypto

/// A SHA-256 value: 32 bytes, shown as 64 lowercase hexadecimal digits.
package struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
  /// The 32 bytes, in the order of the standard.
  package let bytes: [UInt8]

  /// The digest in lowercase hexadecimal, as `sha256sum` prints it.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  package var description: String { hex }
}

/// SHA-256 over a stream of bytes, computed by libcrypto (which uses the CPU's SHA instructions).
///
/// - Source: FIPS 180-4; OpenSSL's `EVP_DigestInit_ex` family.
@safe
package final class SHA256Hasher {
  private let context: OpaquePointer

  /// Starts an empty digest.
  ///
  /// - Throws: `BytesError.cryptography` where libcrypto has no memory or no SHA-256.
  package init() throws(BytesError) {
    guard let context = unsafe EVP_MD_CTX_new() else {
      throw .cryptography(operation: "EVP_MD_CTX_new")
    }
    unsafe self.context = context
    guard unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      throw .cryptography(operation: "EVP_DigestInit_ex")
    }
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Adds bytes to the digest.
  package func update(_ bytes: UnsafeRawBufferPointer) throws(BytesError) {
    guard let base = bytes.baseAddress else { return }
    guard unsafe EVP_DigestUpdate(context, base, bytes.count) == 1 else {
      throw .cryptography(operation: "EVP_DigestUpdate")
    }
  }

  /// Adds bytes to the digest.
  package func update(_ bytes: [UInt8]) throws(BytesError) {
    let done = unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return true }
      return unsafe EVP_DigestUpdate(context, base, buffer.count) == 1
    }
    if !done { throw .cryptography(operation: "EVP_DigestUpdate") }
  }

  /// The digest of everything added so far.
  ///
  /// The hasher may not be used afterwards.
  package func finalize() throws(BytesError) -> SHA256Digest {
    var digest = [UInt8](repeating: 0, count: 32)
    let done = unsafe digest.withUnsafeMutableBufferPointer { buffer in
      unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1
    }
    if !done { throw .cryptography(operation: "EVP_DigestFinal_ex") }
    return SHA256Digest(bytes: digest)
  }
}

extension SHA256Digest {
  /// The digest of an array.
  package static func of(_ bytes: [UInt8]) throws(BytesError) -> SHA256Digest {
    let hasher = try SHA256Hasher()
    try hasher.update(bytes)
    return try hasher.finalize()
  }

  /// The digest of an open file, or of a part of it, without copying it.
  ///
  /// - Throws: `BytesError.truncated` where `range` leaves the file.
  package static func of(
    _ file: MappedFile, range: Range<Int>? = nil
  ) throws(BytesError) -> SHA256Digest {
    let range = range ?? 0..<file.byteCount
    guard range.lowerBound >= 0, range.upperBound <= file.byteCount else {
      throw .truncated(
        what: "range of \(file.path)", byteOffset: range.lowerBound,
        needed: UInt64(range.count), available: max(0, file.byteCount - range.lowerBound))
    }
    let hasher = try SHA256Hasher()
    unsafe try hasher.update(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    return try hasher.finalize()
  }
}

/// SHA-256 of `bytes` in lowercase hexadecimal.
package func sha256Hex(of bytes: [UInt8]) throws(BytesError) -> String {
  try SHA256Digest.of(bytes).hex
}

/// SHA-256 of the file at `path` in lowercase hexadecimal; the file is not copied into memory.
package func sha256Hex(ofFile path: String) throws(BytesError) -> String {
  try SHA256Digest.of(MappedFile(path: path)).hex
}
