/// GPT-2's mapping of bytes to printable characters, which makes byte-level vocabularies text.
///
/// The printable bytes of Latin-1 (0x21 to 0x7E, 0xA1 to 0xAC, 0xAE to 0xFF) map to themselves, the
/// other 68 in order to U+0100 and on. A space is "Ġ" and a line feed is "Ċ".
///
/// - Source: openai/gpt-2 `encoder.py`, `bytes_to_unicode`.
package enum ByteCharacters {
  /// The scalar of each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { (byte: UInt32) in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte of each scalar below U+0144, or nil.
  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = UInt8(byte) }
    return bytes
  }()

  /// The bytes of a spelling; nil when one of its characters represents no byte.
  static func decode(_ spelling: ArraySlice<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(spelling.count)
    var index = spelling.startIndex
    while index < spelling.endIndex {
      var scalar = UInt32(spelling[index])
      if scalar >= 0x80 {
        // All of these scalars have two bytes: 110xxxxx 10xxxxxx.
        guard scalar >> 5 == 0b110, index + 1 < spelling.endIndex,
          spelling[index + 1] >> 6 == 0b10
        else { return nil }
        scalar = (scalar & 0x1F) << 6 | UInt32(spelling[index + 1] & 0x3F)
        index += 1
      }
      guard Int(scalar) < bytes.count, let byte = bytes[Int(scalar)] else { return nil }
      decoded.append(byte)
      index += 1
    }
    return decoded
  }

  /// The character of a byte.
  package static func character(_ byte: UInt8) -> String {
    Unicode.Scalar(scalars[Int(byte)]).map(String.init) ?? ""
  }

  /// The spelling of bytes, in UTF-8.
  static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var spelling: [UInt8] = []
    for byte in bytes {
      let scalar = scalars[Int(byte)]
      if scalar < 0x80 {
        spelling.append(UInt8(scalar))
      } else {
        spelling += [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 0x3F)]
      }
    }
    return spelling
  }
}
