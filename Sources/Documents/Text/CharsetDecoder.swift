internal import Glibc

/// Decodes bytes in a named character set, as MIME parts and RTF declare it.
enum CharsetDecoder {
  /// Decodes `bytes`; what is invalid becomes U+FFFD.
  ///
  /// - Parameters:
  ///   - bytes: the encoded text.
  ///   - charset: a label that `TextEncoding` knows, or a name of the C library; empty for ASCII
  ///     and what old programs put beside it.
  /// - Returns: nil for a name that neither knows.
  /// - Complexity: O(bytes).
  static func decode(_ bytes: [UInt8], charset: String) -> String? {
    if let encoding = TextEncoding(label: charset.isEmpty ? "us-ascii" : charset) {
      return TextDecoder.decode(
        bytes, as: DetectedEncoding(encoding: encoding, markByteCount: 0)
      ).text
    }
    guard
      charset.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "/") }),
      let descriptor = unsafe iconv_open("UTF-8", charset), UInt(bitPattern: descriptor) != UInt.max
    else { return nil }
    defer { unsafe iconv_close(descriptor) }
    return unsafe String(decoding: converted(bytes, descriptor), as: UTF8.self)
  }

  private static func converted(_ bytes: [UInt8], _ descriptor: iconv_t) -> [UInt8] {
    var input = bytes.map { CChar(bitPattern: $0) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var output = [CChar](repeating: 0, count: 16_384)
    unsafe input.withUnsafeMutableBufferPointer { source in
      var next = source.baseAddress
      var left = source.count
      while left > 0 {
        let (status, code, written) = unsafe output.withUnsafeMutableBufferPointer { target in
          var place = target.baseAddress
          var room = target.count
          let status = unsafe iconv(descriptor, &next, &left, &place, &room)
          return (status, errno, target.count - room)
        }
        result.append(contentsOf: output[..<written].map { UInt8(bitPattern: $0) })
        guard status == -1 else { break }
        if code == E2BIG { continue }
        // An invalid or incomplete sequence: skips one byte.
        result.append(contentsOf: UTF8.encodedReplacementCharacter)
        unsafe next = next?.advanced(by: 1)
        left -= 1
      }
    }
    return result
  }
}
