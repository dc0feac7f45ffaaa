/// Guesses the encoding of text that is not Unicode.
///
/// The detector is right about texts of some length. About a note with three accents it is not, and
/// such notes are nearly always in Windows-1252, so that is taken where it reads like a Western
/// language. What remains open is said.
struct LegacyEncoding {
  private let bytes: [UInt8]
  /// Number of bytes beyond ASCII.
  private let highCount: Int

  /// With fewer bytes beyond ASCII, frequencies say little.
  private static let doubtfulHighCount = 6

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    highCount = bytes.count { $0 >= 0x80 }
  }

  /// The most probable encoding.
  ///
  /// - Complexity: O(bytes).
  func guess() -> DetectedEncoding {
    let found = EncodingDetector.find(in: bytes).map(refined)
    let isWestern = LatinPlausibility(bytes, .windows1252).isPlausible
    guard let found, found != .windows1252 else {
      if isWestern { return result(.windows1252) }
      return result(otherCandidate() ?? .windows1252, isDoubtful: true)
    }
    if found.isLatin {
      if isWestern, highCount < Self.doubtfulHighCount || isSameText(found) {
        return result(.windows1252)
      }
      if !LatinPlausibility(bytes, found).isPlausible, let other = otherCandidate() {
        return result(other, isDoubtful: true)
      }
      return result(found, isDoubtful: highCount < Self.doubtfulHighCount)
    }
    // Text in another script consists of bytes beyond ASCII, apart from spaces and figures.
    let letterCount = bytes.count { (0x61...0x7A).contains($0 | 0x20) }
    let isMostlyASCII = highCount * 4 < letterCount
    if isMostlyASCII, isWestern { return result(.windows1252) }
    let isInvalid = !found.hasSingleBytes && !isValid(found)
    if isInvalid, let other = otherCandidate() { return result(other, isDoubtful: true) }
    return result(
      found, isDoubtful: isMostlyASCII || isInvalid || highCount < Self.doubtfulHighCount)
  }

  private func result(_ encoding: TextEncoding, isDoubtful: Bool = false) -> DetectedEncoding {
    DetectedEncoding(encoding: encoding, markByteCount: 0, isDoubtful: isDoubtful)
  }

  /// The encodings that the detector does not tell from the one it names.
  private func refined(_ found: TextEncoding) -> TextEncoding {
    switch found {
    case .gb18030 where looksLikeBig5 && isValid(.big5): .big5
    // Ukrainian letters, where KOI8-R has lines for drawing tables (RFC 2319).
    case .koi8R where bytes.contains(where: { Self.ukrainianBytes.contains($0) }): .koi8U
    // ISO-8859-2 has control characters there.
    case .iso8859Part2 where bytes.contains(where: { (0x80...0x9F).contains($0) }): .windows1250
    default: found
    }
  }

  private static let ukrainianBytes: Set<UInt8> = [0xA4, 0xA6, 0xA7, 0xAD, 0xB4, 0xB6, 0xB7, 0xBD]

  /// Whether pairs of bytes are in the rows of Big5's frequent characters (0xA4 to 0xC6), many with a
  /// second byte that GB2312 does not have.
  private var looksLikeBig5: Bool {
    var pairCount = 0
    var frequentCount = 0
    var lowCount = 0
    var offset = 0
    while offset + 1 < bytes.count {
      guard bytes[offset] >= 0x81 else {
        offset += 1
        continue
      }
      pairCount += 1
      if (0xA1...0xC6).contains(bytes[offset]) { frequentCount += 1 }
      if bytes[offset + 1] < 0xA1 { lowCount += 1 }
      offset += 2
    }
    return lowCount * 5 > pairCount && frequentCount * 5 > pairCount * 4
  }

  /// Whether all but one in a hundred places decode.
  private func isValid(_ encoding: TextEncoding) -> Bool {
    decoded(encoding).replacedCount * 100 <= highCount
  }

  private func isSameText(_ encoding: TextEncoding) -> Bool {
    decoded(encoding).bytes == decoded(.windows1252).bytes
  }

  private func decoded(_ encoding: TextEncoding) -> TextBuilder {
    TextDecoder.decode(bytes, as: result(encoding))
  }

  /// The first encoding of those that the detector misses in short texts that fits; nil if none does.
  private func otherCandidate() -> TextEncoding? {
    // Multi-byte text is hardly ever valid by chance; of Latin text, the words must look like words.
    let asian: [TextEncoding] = [.gb18030, .big5, .shiftJIS, .eucKR, .eucJP]
    let letterCount = bytes.count { (0x61...0x7A).contains($0 | 0x20) }
    if highCount >= 4, highCount > letterCount, let found = asian.first(where: isValid) {
      return found
    }
    let latin: [TextEncoding] = [.windows1250, .ibm850, .macintosh, .ibm852]
    return latin.first { LatinPlausibility(bytes, $0).isPlausible }
  }
}

/// Whether text of Latin letters looks like words in an encoding.
struct LatinPlausibility {
  private(set) var isPlausible = true

  /// Signs that stand between letters: apostrophes, hyphens, dashes, the Catalan dot, a no-break
  /// space.
  private static let inWordSigns: Set<Unicode.Scalar> = [
    "’", "‘", "–", "—", "·", "\u{A0}", "\u{AD}", "´", "…", "/",
  ]

  /// - Parameters:
  ///   - bytes: the text.
  ///   - encoding: a Latin encoding of single bytes.
  init(_ bytes: [UInt8], _ encoding: TextEncoding) {
    let detected = DetectedEncoding(encoding: encoding, markByteCount: 0)
    let builder = TextDecoder.decode(bytes, as: detected)
    guard builder.replacedCount == 0 else {
      isPlausible = false
      return
    }
    let scalars = Array(builder.text.unicodeScalars)
    var foreignRun = 0
    for (index, scalar) in scalars.enumerated() {
      guard scalar.value >= 0x80 else {
        foreignRun = 0
        continue
      }
      let isLetter = scalar.properties.isAlphabetic
      foreignRun = isLetter ? foreignRun + 1 : 0
      // No Latin language puts four accented letters in a row; other alphabets read so.
      if foreignRun >= 4 { isPlausible = false }
      let before = index > 0 ? scalars[index - 1] : " "
      let after = index + 1 < scalars.count ? scalars[index + 1] : " "
      let isInWord = before.properties.isAlphabetic && after.properties.isAlphabetic
      if !isLetter, isInWord, !Self.inWordSigns.contains(scalar) { isPlausible = false }
      // A capital inside a word in small letters, as in "scHön" for another encoding of "schön".
      if isLetter, scalar.properties.isUppercase, before.properties.isLowercase,
        after.properties.isLowercase
      {
        isPlausible = false
      }
      if !isPlausible { return }
    }
  }
}
