/// Characters of symbol fonts, which Word stores as codes of the font (ECMA-376, 17.3.3.30).
enum DOCXSymbols {
  /// The character of a code; nil if the font is not known.
  ///
  /// - Parameters:
  ///   - code: the code in hexadecimal, as in `F061`.
  ///   - font: the name of the font.
  /// - Returns: the character.
  static func character(code: String, font: String) -> Unicode.Scalar? {
    guard let value = UInt32(code, radix: 16), let scalar = Unicode.Scalar(value) else {
      return nil
    }
    return character(scalar, font: font)
  }

  /// The character of a code in a font; a code outside of the private area is the character itself.
  static func character(_ scalar: Unicode.Scalar, font: String) -> Unicode.Scalar? {
    guard let low = fontCode(scalar) else { return scalar }
    let name = font.lowercased()
    if name.hasPrefix("wingdings") { return wingdings[low] }
    if name.hasPrefix("webdings") { return nil }
    if low < 0x7F, let letter = symbolLow(low) { return letter }
    return symbolHigh[low]
  }

  /// The code of the font for a character of the private area that symbol fonts use.
  private static func fontCode(_ scalar: Unicode.Scalar) -> UInt32? {
    (0xF020...0xF0FF).contains(scalar.value) ? scalar.value - 0xF000 : nil
  }

  /// Adobe's Symbol encoding, 0x20 to 0x7E: Greek letters at the places of Latin ones.
  private static func symbolLow(_ code: UInt32) -> Unicode.Scalar? {
    let index = Int(code) - 0x20
    return symbolRow.indices.contains(index) ? symbolRow[index] : nil
  }

  private static let symbolRow = Array(
    (" !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
      + "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼").unicodeScalars)

  /// Adobe's Symbol encoding, the marks above 0xA0 that texts use.
  private static let symbolHigh: [UInt32: Unicode.Scalar] = [
    0xA1: "ϒ", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xA6: "ƒ", 0xA7: "♣", 0xA8: "♦",
    0xA9: "♥", 0xAA: "♠", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°",
    0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷",
    0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪",
    0xC9: "⊃", 0xCA: "⊇", 0xCC: "⊂", 0xCD: "⊆", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD1: "∇",
    0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xD9: "∧",
    0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDD: "⇑", 0xDE: "⇒", 0xDF: "⇓", 0xE0: "◊", 0xE2: "®",
    0xE3: "©", 0xE4: "™", 0xE5: "∑", 0xF2: "∫",
  ]

  /// Microsoft's Wingdings, the marks of forms and lists.
  private static let wingdings: [UInt32: Unicode.Scalar] = [
    0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒",
    0x76: "❖", 0xA1: "○", 0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑",
    0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
  ]
}
