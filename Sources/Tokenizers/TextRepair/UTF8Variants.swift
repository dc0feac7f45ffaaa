/// UTF-8 with the two variants that are found in the wild: a NUL of two bytes (Java), and characters
/// above U+FFFF as two surrogates of three bytes (CESU-8).
enum UTF8Variants {
  /// The scalars of `bytes`; nil where they are not UTF-8.
  static func decode(_ bytes: [UInt8]) -> [UInt32]? {
    let standard =
      bytes.contains(0xED) || bytes.contains(0xC0) ? standardised(bytes) : bytes
    return String(validating: standard, as: UTF8.self)?.unicodeScalars.map(\.value)
  }

  private static func standardised(_ bytes: [UInt8]) -> [UInt8] {
    bytes.replacingMatches { index in
      if bytes[index] == 0xC0, index + 1 < bytes.count, bytes[index + 1] == 0x80 {
        return ([0], index + 2)
      }
      return surrogatePair(bytes, index).map { scalar in
        var character: [UInt8] = []
        character.append(scalar: scalar)
        return (character, index + 6)
      }
    }
  }

  /// The scalar of `ED A0..AF xx ED B0..BF xx`, or nil.
  private static func surrogatePair(_ bytes: [UInt8], _ index: Int) -> UInt32? {
    guard index + 6 <= bytes.count, bytes[index] == 0xED, bytes[index + 3] == 0xED,
      (0xA0...0xAF).contains(bytes[index + 1]), (0xB0...0xBF).contains(bytes[index + 4]),
      (0x80...0xBF).contains(bytes[index + 2]), (0x80...0xBF).contains(bytes[index + 5])
    else { return nil }
    let high = UInt32(bytes[index + 1] & 0x0F) << 6 | UInt32(bytes[index + 2] & 0x3F)
    let low = UInt32(bytes[index + 4] & 0x0F) << 6 | UInt32(bytes[index + 5] & 0x3F)
    return 0x10000 + (high << 10 | low)
  }
}
