/// A language whose word forms the text index brings together.
///
/// English is not among them: FTS5's own Porter stemmer treats every text.
package enum Language: String, Sendable, CaseIterable {
  case arabic, danish, dutch, finnish, french, german, greek, hindi, hungarian, italian, norwegian
  case portuguese, romanian, russian, spanish, swedish, tamil, turkish

  /// The name of Snowball's stemmer.
  var stemmerName: String { rawValue }

  /// A character of the private use area that precedes the stems of this language in the index, so
  /// that stems of two languages never meet.
  ///
  /// A constant of the language, since indexes contain it.
  var mark: Character {
    // All values up to U+F712 are assigned; Unicode.Scalar would refuse only surrogates.
    Unicode.Scalar(0xF700 + UInt32(number)).map(Character.init) ?? "\u{F700}"
  }

  private var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether `scalar` is the ``mark`` of some language.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    (0xF700..<0xF700 + UInt32(allCases.count)).contains(scalar.value)
  }

  /// The language whose stemmer treats a word in a script other than Latin; nil for Latin and for
  /// scripts without a stemmer.
  ///
  /// Cyrillic counts as Russian: its endings are close to those of its neighbours.
  static func ofScript(_ scalar: Unicode.Scalar) -> Language? {
    switch scalar.value {
    case 0x370...0x3FF, 0x1F00...0x1FFF: .greek
    case 0x400...0x52F: .russian
    case 0x620...0x6FF: .arabic
    case 0x900...0x97F: .hindi
    case 0xB80...0xBFF: .tamil
    default: nil
    }
  }

  /// The language whose stemmer treats a word by its script; nil for Latin and for scripts without one.
  package static func ofScript(of word: String) -> Language? {
    word.unicodeScalars.first.flatMap(ofScript)
  }

  /// The languages in Latin letters.
  package static let latin: [Language] = allCases.filter { LanguageGuess.functionWords[$0] != nil }
}
