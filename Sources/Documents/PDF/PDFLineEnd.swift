/// Decides what becomes of a line end after a hyphen.
///
/// `pdftotext` deletes every hyphen at a line end, so that "20-" and "25 crowns" become 2025 crowns.
/// Here a hyphen can only disappear between two letters of which the second is in lower case, and
/// whether it does is decided by the other words of the document (``PDFHyphens``).
enum PDFLineEnd: Equatable {
  /// No hyphen, or a dash: the line end stays.
  case lineBreak
  /// The hyphen stays, and the line end goes: a range, a number, a name, an address.
  case keepsHyphen
  /// A hyphen of this many bytes that a typesetter may have inserted; the line end goes.
  case divided(hyphenByteCount: Int)
  /// A soft hyphen (U+00AD) of two bytes, which goes with the line end.
  case softHyphen

  /// Words that follow a hyphen which stands for the rest of a word, as in "pre- and post-war" or
  /// "Haupt- und Nebensatz".
  private static let conjunctions: Set<String> = [
    "and", "or", "to", "und", "oder", "bzw", "bis", "et", "ou", "y", "o", "e", "en", "of", "och",
    "eller", "og", "ja", "tai", "i", "lub",
  ]

  /// - Parameters:
  ///   - before: the end of the text so far.
  ///   - next: the text of the next line.
  init(before: ArraySlice<UInt8>, next: String) {
    let hyphenByteCount = Self.hyphenByteCount(before)
    guard hyphenByteCount > 0, let first = next.unicodeScalars.first else {
      self = Self.isNumericDash(before, next) ? .keepsHyphen : .lineBreak
      return
    }
    if before.suffix(2).elementsEqual([0xC2, 0xAD]) {
      self = .softHyphen
      return
    }
    let word = Self.lastWord(before.dropLast(hyphenByteCount))
    guard let last = word.unicodeScalars.last, last.properties.isAlphabetic || Self.isDigit(last)
    else {
      self = .lineBreak
      return
    }
    let nextWord = next.prefix { $0.isLetter }
    if !nextWord.isEmpty, Self.conjunctions.contains(nextWord.lowercased()) {
      self = .lineBreak
    } else if last.properties.isAlphabetic, first.properties.isLowercase {
      let isAddress = word.contains { "/@_.:\\".contains($0) }
      self = isAddress ? .keepsHyphen : .divided(hyphenByteCount: hyphenByteCount)
    } else if Self.isDigit(first) || (first.properties.isAlphabetic && !Self.isDigit(last)) {
      self = .keepsHyphen
    } else {
      // "300-" above another line of an account is a number and not the beginning of a word.
      self = first.properties.isLowercase ? .keepsHyphen : .lineBreak
    }
  }

  /// Bytes of the hyphen at the end of a text: `-`, U+2010 or U+00AD; 0 without one.
  private static func hyphenByteCount(_ text: ArraySlice<UInt8>) -> Int {
    if text.last == UInt8(ascii: "-") {
      // Two hyphens are a dash.
      return text.dropLast().last == UInt8(ascii: "-") ? 0 : 1
    }
    if text.suffix(3).elementsEqual([0xE2, 0x80, 0x90]) { return 3 }
    return text.suffix(2).elementsEqual([0xC2, 0xAD]) ? 2 : 0
  }

  /// Whether a range of numbers is written with an en dash or a no-break hyphen at the line end.
  private static func isNumericDash(_ text: ArraySlice<UInt8>, _ next: String) -> Bool {
    guard
      text.suffix(3).elementsEqual([0xE2, 0x80, 0x93])
        || text.suffix(3).elementsEqual([0xE2, 0x80, 0x91]),
      let digit = text.dropLast(3).last, (0x30...0x39).contains(digit),
      let first = next.unicodeScalars.first
    else { return false }
    return isDigit(first)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType != nil
  }

  /// The characters since the last white space, at most the last 64 bytes of them.
  private static func lastWord(_ text: ArraySlice<UInt8>) -> String {
    let tail = text.suffix(64)
    let start = tail.lastIndex(where: TextLayout.isSpace).map { $0 + 1 } ?? tail.startIndex
    return String(decoding: tail[start...], as: UTF8.self)
  }
}
