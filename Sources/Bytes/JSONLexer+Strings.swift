// Strings of JSON: UTF-8 with escapes, RFC 8259, section 7.

extension JSONLexer {
  /// Reads a string after white space; escapes are resolved.
  package mutating func string() throws(JSONError) -> String {
    skipWhitespace()
    let start = byteOffset
    let bytes = try unvalidatedString()
    guard let string = String(validating: bytes, as: UTF8.self) else { throw notUTF8(start) }
    return string
  }

  /// Reads a string as the bytes of its UTF-8, which are checked.
  package mutating func stringBytes() throws(JSONError) -> [UInt8] {
    skipWhitespace()
    let start = byteOffset
    let bytes = try unvalidatedString()
    guard String(validating: bytes, as: UTF8.self) != nil else { throw notUTF8(start) }
    return bytes
  }

  private func notUTF8(_ start: Int) -> JSONError {
    .unexpected(byteOffset: start, expected: "a string in UTF-8", found: "other bytes")
  }

  private mutating func unvalidatedString() throws(JSONError) -> [UInt8] {
    try expect("\"")
    var text: [UInt8] = []
    while true {
      let start = byteOffset
      while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        byteOffset += 1
      }
      unsafe text.append(contentsOf: owner.bytes[start..<byteOffset])
      if skipByte("\"") { return text }
      if skipByte("\\") {
        text.append(contentsOf: String(try escape()).utf8)
      } else {
        throw unexpected(next == nil ? "the end of a string" : "an escaped control character")
      }
    }
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw unexpected("an escape") }
    let scalar: Unicode.Scalar
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(byte)
    case UInt8(ascii: "b"): scalar = "\u{8}"
    case UInt8(ascii: "f"): scalar = "\u{C}"
    case UInt8(ascii: "n"): scalar = "\n"
    case UInt8(ascii: "r"): scalar = "\r"
    case UInt8(ascii: "t"): scalar = "\t"
    case UInt8(ascii: "u"):
      byteOffset += 1
      return try unicodeEscape()
    default: throw unexpected("an escape")
    }
    byteOffset += 1
    return scalar
  }

  /// The scalar of `\uXXXX`, or of two that form a surrogate pair.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard skipByte("\\"), skipByte("u") else { throw unexpected("the rest of a surrogate pair") }
    let second = try fourDigits()
    guard (0xD800...0xDBFF).contains(first), (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw unexpected("a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      byteOffset += 1
    }
    return value
  }
}
