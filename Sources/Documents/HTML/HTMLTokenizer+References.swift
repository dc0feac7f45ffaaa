/// Character references such as `&amp;`, `&#8364;` and `&notin;` (section 13.2.5.72 and following).
extension HTMLTokenizer {
  /// Appends the characters of the reference at `position`, or the `&` if there is none.
  mutating func takeReference(inAttribute: Bool) {
    let (characters, end) = reference(at: position, in: input.count, inAttribute: inAttribute)
    noteLine()
    if let characters {
      text.append(contentsOf: characters.utf8)
      position = end
    } else {
      text.append(UInt8(ascii: "&"))
      position += 1
    }
  }

  /// The value of an attribute with its references decoded.
  func decoded(_ range: Range<Int>) -> String {
    guard input[range].contains(UInt8(ascii: "&")) else {
      return String(decoding: input[range], as: UTF8.self)
    }
    var bytes: [UInt8] = []
    var offset = range.lowerBound
    while offset < range.upperBound {
      if input[offset] == UInt8(ascii: "&") {
        let (characters, end) = reference(at: offset, in: range.upperBound, inAttribute: true)
        if let characters {
          bytes.append(contentsOf: characters.utf8)
          offset = end
          continue
        }
      }
      bytes.append(input[offset])
      offset += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The characters of the reference at `start`, and the offset after it; nil if there is none.
  private func reference(
    at start: Int, in limit: Int, inAttribute: Bool
  ) -> (characters: String?, end: Int) {
    let offset = start + 1
    if offset < limit, input[offset] == UInt8(ascii: "#") {
      return numericReference(at: offset + 1, in: limit)
    }
    var end = offset
    while end < limit, end - offset < HTMLEntities.longestName, Self.isAlphanumeric(input[end]) {
      end += 1
    }
    guard end > offset else { return (nil, start) }
    let name = String(decoding: input[offset..<end], as: UTF8.self)
    if end < limit, input[end] == UInt8(ascii: ";"),
      let characters = HTMLEntities.characters(name + ";")
    {
      return (characters, end + 1)
    }
    // Old names also count without a semicolon and before other letters, as in `&copy2026`.
    for count in stride(from: min(name.utf8.count, HTMLEntities.longestOldName), to: 1, by: -1) {
      guard let characters = HTMLEntities.characters(String(name.prefix(count))) else { continue }
      let next = offset + count
      let isLiteral =
        inAttribute && next < limit
        && (input[next] == UInt8(ascii: "=") || Self.isAlphanumeric(input[next]))
      return isLiteral ? (nil, start) : (characters, next)
    }
    return (nil, start)
  }

  private func numericReference(at start: Int, in limit: Int) -> (characters: String?, end: Int) {
    var offset = start
    var radix: UInt32 = 10
    if offset < limit, input[offset] | 0x20 == UInt8(ascii: "x") {
      radix = 16
      offset += 1
    }
    let digits = offset
    var value: UInt32 = 0
    while offset < limit, let digit = Self.digit(input[offset], radix: radix) {
      // Stays above the last character of Unicode, whatever follows.
      value = min(value &* radix &+ digit, 0x11_0000)
      offset += 1
    }
    guard offset > digits else { return (nil, start) }
    if offset < limit, input[offset] == UInt8(ascii: ";") { offset += 1 }
    // Numbers of C1 controls mean the characters of Windows-1252 (13.2.5.80).
    let scalar = Unicode.Scalar(value).flatMap { $0.value == 0 ? nil : $0 } ?? "\u{FFFD}"
    return (String(Character(TextDecoder.windows1252(scalar))), offset)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte)
  }

  private static func digit(_ byte: UInt8, radix: UInt32) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46 where radix == 16: UInt32(byte) - 0x37
    case 0x61...0x66 where radix == 16: UInt32(byte) - 0x57
    default: nil
    }
  }
}
