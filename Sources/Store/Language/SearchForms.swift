internal import Foundation

/// The form in which text is searched: forms that differ in writing alone become one.
///
/// - Compatibility forms (NFKC): ligatures, full width, half width, superscripts, composed and
///   decomposed letters.
/// - Soft hyphens, zero-width characters, marks of direction and variation selectors are deleted; a
///   soft hyphen before white space is a hyphen, which divides a word at a line end.
/// - The optional vowel marks of Arabic and Hebrew and Arabic's lengthening mark are deleted, and
///   forms of alef and of yeh become one. (The stemmer needs teh marbuta.)
/// - "ß" becomes "ss".
/// - Runs of characters in scripts without spaces become overlapping groups, of two characters in
///   Chinese, Japanese and Korean and of three in Thai, Lao, Khmer and Burmese; the last character of
///   a run is also a group of its own (``GroupEnd``).
///
/// Case and the diacritics of Latin letters are left to FTS5's `unicode61`.
package enum SearchForms {
  /// Whether the end of a run becomes a group of its own.
  enum GroupEnd {
    /// In a text: so that a single character is found as the beginning of some group.
    case isGroup
    /// In a query, where the groups are one phrase.
    case isNone
  }

  /// The folded text.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - end: whether the end of a run of grouped characters is a group.
  /// - Returns: groups and words, separated by spaces and the text's own punctuation.
  /// - Complexity: O(text); a text in ASCII is returned as it is.
  static func folded(_ text: String, end: GroupEnd = .isGroup) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var result = String.UnicodeScalarView()
    var run: [Unicode.Scalar] = []
    var runLength = 0
    let scalars = compatible(text).unicodeScalars
    for (index, scalar) in zip(scalars.indices, scalars) {
      let length = groupLength(of: scalar)
      if length != runLength || length == 0 {
        appendGroups(of: run, length: runLength, end: end, to: &result)
        run.removeAll(keepingCapacity: true)
        runLength = length
      }
      if length > 0 {
        run.append(scalar)
      } else if scalar == "\u{AD}",
        scalars[scalars.index(after: index)...].first?.properties.isWhitespace == true
      {
        result.append("-")
      } else {
        appendFolded(scalar, to: &result)
      }
    }
    appendGroups(of: run, length: runLength, end: end, to: &result)
    return String(result)
  }

  /// The NFKC form; Foundation's own leaves decomposed what only the mapping brings together.
  private static func compatible(_ text: String) -> String {
    text.decomposedStringWithCompatibilityMapping.precomposedStringWithCanonicalMapping
  }

  /// The text without what only its typesetting put there: ligatures and full-width letters become
  /// plain ones, soft hyphens and zero-width spaces are deleted.
  ///
  /// For sentence encoders, whose vocabularies lack such characters; all others stay.
  ///
  /// - Returns: the text itself where it has none of them.
  package static func plainLetters(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isTypeset) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0xAD, 0x200B, 0x2060, 0xFEFF: continue
      case _ where isTypeset(scalar):
        result.append(
          contentsOf: String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func isTypeset(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0xAD: false
    case 0xAD, 0x200B, 0x2060, 0xFEFF, 0xFB00...0xFB06, 0xFF01...0xFF5E: true
    default: false
    }
  }

  /// The words of a text in lower case, in order: runs of letters, marks and digits of the folded
  /// text, as `unicode61` of the text index defines them.
  ///
  /// - Parameter text: any text.
  /// - Returns: words, and groups of characters.
  package static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func finish() {
      if !word.isEmpty { words.append(String(word).lowercased()) }
      word = String.UnicodeScalarView()
    }
    for scalar in folded(text, end: .isNone).unicodeScalars {
      if isWordScalar(scalar) { word.append(scalar) } else { finish() }
    }
    finish()
    return words
  }

  /// Whether words are not separated by spaces, or not searched as wholes, in the script of a scalar.
  package static func isGrouped(_ scalar: Unicode.Scalar) -> Bool { groupLength(of: scalar) > 0 }

  /// The number of characters that are searched together in the script of a scalar; 0 where words are
  /// separated by spaces.
  static func groupLength(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0xE01: 0
    case 0xE01...0xE3A, 0xE40...0xE4E, 0xE81...0xECD, 0x1000...0x103F, 0x1050...0x109F,
      0x1780...0x17D3:
      3
    // Jamo, kana and bopomofo, Han, Hangul; their punctuation (U+3000 to U+3004) separates.
    case 0x1100...0x11FF, 0x3005...0x3007, 0x3021...0x3029, 0x3031...0x3035, 0x3038...0x303C,
      0x3041...0x309F, 0x30A1...0x30FA, 0x30FC...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0x1B000...0x1B16F,
      0x20000...0x3FFFF:
      2
    default: 0
    }
  }

  /// Appends the groups of a run, each between spaces.
  private static func appendGroups(
    of run: [Unicode.Scalar], length: Int, end: GroupEnd, to result: inout String.UnicodeScalarView
  ) {
    guard !run.isEmpty else { return }
    result.append(" ")
    // A run that is shorter than a group is one.
    let last = max(0, run.count - length)
    for start in 0...last {
      for scalar in run[start..<min(start + length, run.count)] { result.append(scalar) }
      result.append(" ")
    }
    guard end == .isGroup else { return }
    for start in (last + 1)..<max(last + 1, run.count) {
      for scalar in run[start...] { result.append(scalar) }
      result.append(" ")
    }
  }

  private static func appendFolded(
    _ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView
  ) {
    switch scalar.value {
    case 0xAD, 0x34F, 0x61C, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F,
      0xFE00...0xFE0F, 0xFEFF, 0xE0100...0xE01EF:
      return
    case 0xDF, 0x1E9E:
      result.append("s")
      result.append("s")
    // Hebrew points; Arabic vowel marks and tatweel.
    case 0x591...0x5BD, 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7, 0x610...0x61A, 0x640,
      0x64B...0x65F, 0x670, 0x6D6...0x6DC:
      return
    case 0x622, 0x623, 0x625, 0x671: result.append("\u{627}")
    case 0x649: result.append("\u{64A}")
    // A language's mark means something in the index only.
    case _ where Language.isMark(scalar): result.append(" ")
    default: result.append(scalar)
    }
  }

  static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      return (0x30...0x39).contains(scalar.value) || (0x41...0x5A).contains(scalar.value)
        || (0x61...0x7A).contains(scalar.value)
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber,
      .privateUse:
      return true
    default: return false
    }
  }
}
