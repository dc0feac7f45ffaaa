internal import Bytes

/// Character references of HTML: `&eacute;`, `&#233;`, `&#xE9;`.
///
/// - Source: WHATWG HTML, section 13.5 (names) and 13.2.5.80 (numbers); the rules for a missing
///   semicolon are those of Python's `html.unescape`.
enum HTMLReferences {
  private static let names = table(NamedCharacterReferences.references)
  private static let capitals = table(HTMLEntityTable.capitals)

  private static func table(_ text: String) -> [[UInt32]: [UInt32]] {
    var table: [[UInt32]: [UInt32]] = [:]
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let parts = word.split(separator: "=")
      table[parts[0].unicodeScalars.map(\.value)] =
        parts[1].split(separator: ".").compactMap { UInt32($0, radix: 16) }
    }
    return table
  }

  /// The text with every reference replaced, as `html.unescape` does, with or without semicolon.
  static func unescaped(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(ampersand) else { return text }
    return text.replacingMatches { text[$0] == ampersand ? reference(text, $0 + 1) : nil }
  }

  /// The text with the references replaced that ftfy does: with a semicolon, names also in capitals.
  static func unescapedStrictly(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(ampersand) else { return text }
    return text.replacingMatches { text[$0] == ampersand ? strictReference(text, $0 + 1) : nil }
  }

  // MARK: With or without semicolon

  private static let ampersand = UInt32(UInt8(ascii: "&"))
  private static let semicolon = UInt32(UInt8(ascii: ";"))
  private static let numberSign = UInt32(UInt8(ascii: "#"))
  /// Longest name that is looked for, without its semicolon.
  private static let nameLimit = 32

  /// The replacement of the reference after an ampersand, and its end.
  private static func reference(
    _ text: [UInt32], _ start: Int
  ) -> (replacement: [UInt32], end: Int)? {
    guard start < text.count else { return nil }
    if text[start] == numberSign { return number(text, start + 1) }
    var end = start
    while end < text.count, end - start < nameLimit, !endsName(text[end]) { end += 1 }
    guard end > start else { return nil }
    if end < text.count, text[end] == semicolon { end += 1 }
    if let scalars = names[Array(text[start..<end])] { return (scalars, end) }
    // The longest name that begins it, of at least two characters.
    for shorter in stride(from: end - 1, to: start + 1, by: -1) {
      if let scalars = names[Array(text[start..<shorter])] { return (scalars, shorter) }
    }
    return (Array(text[(start - 1)..<end]), end)
  }

  /// Whether a character cannot be part of a name: white space, `<`, `&`, `#`, `;`.
  private static func endsName(_ scalar: UInt32) -> Bool {
    [0x09, 0x0A, 0x0C, 0x20, 0x3C, 0x26, 0x23, 0x3B].contains(scalar)
  }

  /// The character of the number after `&#`, decimal or, after an x, hexadecimal.
  private static func number(_ text: [UInt32], _ start: Int) -> (replacement: [UInt32], end: Int)? {
    var index = start
    let isHexadecimal = index < text.count && text[index] | 0x20 == UInt32(UInt8(ascii: "x"))
    if isHexadecimal { index += 1 }
    let first = index
    var value: UInt32 = 0
    while index < text.count, let digit = digit(text[index], isHexadecimal) {
      // Saturates above the last scalar.
      value = min(value * (isHexadecimal ? 16 : 10) + digit, 0x110000)
      index += 1
    }
    guard index > first else { return nil }
    if index < text.count, text[index] == semicolon { index += 1 }
    return (scalars(ofNumber: value), index)
  }

  private static func digit(_ scalar: UInt32, _ isHexadecimal: Bool) -> UInt32? {
    switch scalar {
    case 0x30...0x39: scalar - 0x30
    case 0x41...0x46 where isHexadecimal: scalar - 0x41 + 10
    case 0x61...0x66 where isHexadecimal: scalar - 0x61 + 10
    default: nil
    }
  }

  /// HTML reads C1 controls as Windows-1252, replaces numbers that are not scalars and drops others.
  private static func scalars(ofNumber value: UInt32) -> [UInt32] {
    switch value {
    case 0, 0xD800...0xDFFF, 0x110000...: [0xFFFD]
    case 0x80...0x9F: [SingleByteEncoding.windows1252.decode(UInt8(value))]
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: []
    case _ where value & 0xFFFE == 0xFFFE: []
    default: [value]
    }
  }

  // MARK: With a semicolon

  /// Characters between ampersand and semicolon at most, as in ftfy.
  private static let strictLimit = 24

  private static func strictReference(
    _ text: [UInt32], _ start: Int
  ) -> (replacement: [UInt32], end: Int)? {
    let isNumber = start < text.count && text[start] == numberSign
    let first = isNumber ? start + 1 : start
    var end = first
    while end < text.count, isAlphanumeric(text[end]) { end += 1 }
    guard (1...strictLimit).contains(end - first), end < text.count, text[end] == semicolon
    else { return nil }
    if isNumber {
      // Of "&#12a;" html.unescape would leave the semicolon.
      guard let (scalars, numberEnd) = number(text, first), numberEnd == end + 1,
        !scalars.contains(semicolon)
      else { return nil }
      return (scalars, end + 1)
    }
    let name = Array(text[start...end])
    return (names[name] ?? capitals[name]).map { ($0, end + 1) }
  }

  private static func isAlphanumeric(_ scalar: UInt32) -> Bool {
    (0x30...0x39).contains(scalar) || (0x41...0x5A).contains(scalar)
      || (0x61...0x7A).contains(scalar)
  }
}
