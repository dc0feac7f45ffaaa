/// One step of UTF-8 decoding over an array.
enum UTF8Sequence {
  enum Result: Equatable {
    case scalar(Unicode.Scalar, byteCount: Int)
    /// An incomplete or invalid sequence: the maximal subpart, which U+FFFD replaces.
    case invalid(byteCount: Int)
  }

  /// Decodes the sequence that begins at `offset`.
  ///
  /// - Source: The Unicode Standard 16.0, table 3-7 (well-formed sequences) and section 3.9
  ///   (substitution of maximal subparts).
  /// - Precondition: `offset` is within `bytes`.
  static func decode(_ bytes: [UInt8], at offset: Int) -> Result {
    let first = bytes[offset]
    var value: UInt32
    let continuationCount: Int
    // Bounds of the second byte, which exclude overlong forms, surrogates and values over U+10FFFF.
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0x00...0x7F: return .scalar(Unicode.Scalar(first), byteCount: 1)
    case 0xC2...0xDF: (value, continuationCount) = (UInt32(first & 0x1F), 1)
    case 0xE0...0xEF:
      (value, continuationCount) = (UInt32(first & 0x0F), 2)
      if first == 0xE0 { second = 0xA0...0xBF }
      if first == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      (value, continuationCount) = (UInt32(first & 0x07), 3)
      if first == 0xF0 { second = 0x90...0xBF }
      if first == 0xF4 { second = 0x80...0x8F }
    default: return .invalid(byteCount: 1)
    }
    for step in 1...continuationCount {
      guard offset + step < bytes.count else { return .invalid(byteCount: step) }
      let byte = bytes[offset + step]
      let allowed = step == 1 ? second : 0x80...0xBF
      guard allowed.contains(byte) else { return .invalid(byteCount: step) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else {
      return .invalid(byteCount: continuationCount + 1)
    }
    return .scalar(scalar, byteCount: continuationCount + 1)
  }
}
