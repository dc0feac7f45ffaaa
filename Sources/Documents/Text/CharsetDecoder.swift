internal import Glibc

/// Decodes bytes in a named character set, as MIME parts, RTF and old files declare it, with the C
/// library's `iconv`.
enum CharsetDecoder {
  /// Decodes `bytes`; what is invalid becomes U+FFFD.
  ///
  /// - Parameters:
  ///   - bytes: the encoded text.
  ///   - charset: a name such as `ISO-8859-2`; matched without regard to case.
  /// - Returns: nil for a name that the C library does not know.
  /// - Complexity: O(bytes).
  static func decode(_ bytes: [UInt8], charset: String) -> String? {
    let name = canonical(charset)
    if name == "UTF-8" { return String(decoding: bytes, as: UTF8.self) }
    guard name.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "/") }) else {
      return nil
    }
    guard let descriptor = unsafe iconv_open("UTF-8", name),
      UInt(bitPattern: descriptor) != UInt.max
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

  /// The name of the superset that programs mean by a label (WHATWG Encoding Standard, 4.2).
  private static func canonical(_ charset: String) -> String {
    let name = charset.uppercased().filter { !" \"'\t".contains($0) }
    switch name {
    case "UTF8", "UNICODE-1-1-UTF-8": return "UTF-8"
    case "", "US-ASCII", "ASCII", "ANSI_X3.4-1968", "ISO-8859-1", "LATIN1", "ISO8859-1",
      "ISO_8859-1":
      return "WINDOWS-1252"
    case "ISO-8859-9": return "WINDOWS-1254"
    case "GB2312", "GBK", "X-GBK": return "GB18030"
    case "SHIFT_JIS", "SHIFT-JIS", "SJIS", "X-SJIS", "MS_KANJI": return "CP932"
    case "EUC-KR", "KS_C_5601-1987", "KSC5601", "KS_C_5601": return "CP949"
    case "BIG5": return "BIG5-HKSCS"
    case "TIS-620", "ISO-8859-11": return "CP874"
    default: return name
    }
  }
}
