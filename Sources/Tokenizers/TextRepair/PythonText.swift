/// The operations of Python's `str` that the references' cleaning uses.
enum PythonText {
  /// Whether `str.isspace` holds: White_Space, and four separators of ASCII.
  static func isSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// Words with one space between them, as `" ".join(text.split())`.
  static func collapsingSpaces(
    _ text: [UInt32], where isSpace: (UInt32) -> Bool = Self.isSpace
  ) -> [UInt32] {
    var result: [UInt32] = []
    for scalar in text {
      if !isSpace(scalar) {
        result.append(scalar)
      } else if let last = result.last, last != 0x20 {
        result.append(0x20)
      }
    }
    if result.last == 0x20 { result.removeLast() }
    return result
  }

  private static let lowercase = UnicodeRanges.shared.lowercase
  private static let cased = UnicodeRanges.runs(CaseTables.cased)
  private static let caseIgnorable = UnicodeRanges.runs(CaseTables.caseIgnorable)
  private static let capitalSigma: UInt32 = 0x3A3

  /// Lower case as `str.lower`, or, without `finalSigma`, each character by itself.
  static func lowercased(_ text: [UInt32], finalSigma: Bool) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(text.count)
    for (index, scalar) in text.enumerated() {
      if scalar < 0x80 {
        result.append((0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar)
      } else if scalar == capitalSigma, finalSigma, isFinal(index, text) {
        result.append(0x3C2)
      } else if let mapping = lowercase[scalar] {
        result += mapping
      } else {
        result.append(scalar)
      }
    }
    return result
  }

  /// Whether a sigma ends a word: a letter with case before it, and none after it.
  ///
  /// - Source: The Unicode Standard, section 3.13, Final_Sigma.
  private static func isFinal(_ index: Int, _ text: [UInt32]) -> Bool {
    func isIgnorable(_ scalar: UInt32) -> Bool { UnicodeRanges.contains(scalar, in: caseIgnorable) }
    func isCased(_ scalar: UInt32) -> Bool { UnicodeRanges.contains(scalar, in: cased) }
    guard let before = text[..<index].last(where: { !isIgnorable($0) }), isCased(before) else {
      return false
    }
    return !(text[(index + 1)...].first { !isIgnorable($0) }.map(isCased) ?? false)
  }
}
