/// Replaces the control characters of fonts without a Unicode table.
///
/// Such a font writes a space, or a ligature, as the number that it has in the font. The number of
/// the space is between most words; ligatures are rare, and TeX has them at five known places
/// (Knuth, "The TeXbook", appendix F, figure 1: Computer Modern Roman, octal 013 to 017).
struct PDFCharacters {
  private static let ligatures: [Unicode.Scalar: String] = [
    "\u{0B}": "ff", "\u{0C}": "fi", "\u{0D}": "fl", "\u{0E}": "ffi", "\u{0F}": "ffl",
  ]
  /// English has a ligature about every 100 letters and a space every five.
  private static let lettersPerLigature = 15

  /// Number of characters that were replaced.
  private(set) var replacedCount = 0

  /// The page with words of visible characters; words without any are left out.
  mutating func cleaned(_ page: PDFPageLayout) -> PDFPageLayout {
    guard page.lines.contains(where: { $0.words.contains { Self.needsCleaning($0.text) } }) else {
      return page
    }
    let spaces = controlsForSpaces(page)
    var result = page
    for line in result.lines.indices {
      result.lines[line].words = page.lines[line].words.compactMap { word in
        let text = cleaned(word.text, spaces: spaces)
        return text.isEmpty ? nil : .init(text: text, box: word.box)
      }
    }
    return result
  }

  /// A control character, a byte order mark, or nothing visible.
  private static func needsCleaning(_ text: String) -> Bool {
    text.isEmpty
      || text.unicodeScalars.contains { isControl($0) || $0 == "\u{FEFF}" || $0 == "\u{A0}" }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  /// The control characters that are too frequent on the page for ligatures.
  private func controlsForSpaces(_ page: PDFPageLayout) -> Set<Unicode.Scalar> {
    var counts: [Unicode.Scalar: Int] = [:]
    var letterCount = 0
    for scalar in page.lines.lazy.flatMap(\.words).flatMap(\.text.unicodeScalars) {
      if Self.isControl(scalar) { counts[scalar, default: 0] += 1 } else { letterCount += 1 }
    }
    return Set(
      counts.filter {
        Self.ligatures[$0.key] == nil || $0.value * Self.lettersPerLigature > letterCount
      }
      .keys)
  }

  private mutating func cleaned(_ text: String, spaces: Set<Unicode.Scalar>) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\u{FEFF}" {
        replacedCount += 1
      } else if scalar == "\u{A0}" {
        result += " "
      } else if Self.isControl(scalar) {
        replacedCount += 1
        result += spaces.contains(scalar) ? " " : Self.ligatures[scalar] ?? " "
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result.split(separator: " ").joined(separator: " ")
  }
}
