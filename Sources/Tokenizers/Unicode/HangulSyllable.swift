/// Hangul syllables, which decompose and compose arithmetically.
///
/// - Source: The Unicode Standard, section 3.12, "Conjoining Jamo Behavior".
enum HangulSyllable {
  static let first: UInt32 = 0xAC00
  static let last: UInt32 = 0xAC00 + 11_172 - 1

  private static let firstLeading: UInt32 = 0x1100
  private static let firstVowel: UInt32 = 0x1161
  /// One below the first trailing consonant: index 0 means that there is none.
  private static let trailingBase: UInt32 = 0x11A7
  private static let leadingCount: UInt32 = 19
  private static let vowelCount: UInt32 = 21
  private static let trailingCount: UInt32 = 28

  /// Vowels that follow a leading consonant.
  static let vowels = firstVowel...firstVowel + vowelCount - 1
  /// Consonants that close a syllable.
  static let trailingConsonants = trailingBase + 1...trailingBase + trailingCount - 1

  /// The leading consonant, the vowel, and the trailing consonant or 0.
  ///
  /// - Precondition: `syllable` is between ``first`` and ``last``.
  static func jamo(_ syllable: UInt32) -> (leading: UInt32, vowel: UInt32, trailing: UInt32) {
    let index = syllable - first
    let trailing = index % trailingCount
    let rest = index / trailingCount
    return (
      firstLeading + rest / vowelCount, firstVowel + rest % vowelCount,
      trailing == 0 ? 0 : trailingBase + trailing
    )
  }

  /// The syllable of a leading consonant and a vowel, or of an open syllable and a trailing
  /// consonant; nil for all other pairs.
  static func composed(_ left: UInt32, _ right: UInt32) -> UInt32? {
    if left >= firstLeading, left < firstLeading + leadingCount, vowels.contains(right) {
      return first
        + ((left - firstLeading) * vowelCount + right - firstVowel) * trailingCount
    }
    if left >= first, left <= last, (left - first) % trailingCount == 0,
      trailingConsonants.contains(right)
    {
      return left + right - trailingBase
    }
    return nil
  }
}
