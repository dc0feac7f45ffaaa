/// The encodings in which MIME carries bytes as ASCII (RFC 2045, section 6).
enum TransferEncoding {
  /// Decodes the body of a part.
  ///
  /// - Parameters:
  ///   - body: the bytes as they are in the message.
  ///   - name: the value of `Content-Transfer-Encoding`.
  /// - Returns: the decoded bytes; those of an encoding other than base64 and quoted-printable as
  ///   they are.
  static func decoded(_ body: ArraySlice<UInt8>, name: String?) -> [UInt8] {
    switch name {
    case "base64": base64Decoded(body)
    case "quoted-printable": quotedPrintableDecoded(body)
    default: Array(body)
    }
  }

  /// Decodes base64; characters outside of the alphabet are skipped, and `=` ends the text.
  static func base64Decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for byte in text {
      // Padding ends a text; another may follow where a program joined two.
      if byte == UInt8(ascii: "=") { bitCount = 0 }
      guard let value = base64Digit(byte) else { continue }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
    }
    return result
  }

  private static func base64Digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    // The alphabet for addresses (RFC 4648, section 5).
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: Base64.value(byte)
    }
  }

  /// Decodes quoted-printable: `=E9` is a byte, and `=` at the end of a line joins lines.
  static func quotedPrintableDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == UInt8(ascii: "=") else {
        result.append(text[index])
        index += 1
        continue
      }
      if let value = hexadecimal(text, at: index + 1) {
        result.append(value)
        index += 3
        continue
      }
      // A soft line break, perhaps with spaces that a server has added.
      let after = text[(index + 1)...].firstIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
      if let after, text[after] == 0x0A {
        index = after + 1
      } else if after == nil {
        index = text.endIndex
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  /// Resolves percent escapes (RFC 3986, section 2.1), as in RFC 2231; others stay as they are.
  static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "%"), let value = hexadecimal(text[...], at: index + 1) {
        result.append(value)
        index += 3
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  /// The byte that two hexadecimal digits write; nil for other characters.
  static func hexadecimal(_ text: ArraySlice<UInt8>, at index: Int) -> UInt8? {
    guard index + 1 < text.endIndex, let high = digit(text[index]), let low = digit(text[index + 1])
    else { return nil }
    return high << 4 | low
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
