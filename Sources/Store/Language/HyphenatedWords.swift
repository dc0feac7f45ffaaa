/// Finds words with a hyphen, and words that a hyphen divides at a line end.
///
/// "e-mail" is also "email", and "inter-⏎national" is "international" wherever a text or a question has
/// one form and the other has the other one. Which form a text shows is decided when it is read; the
/// text index has both.
package enum HyphenatedWords {
  /// A word without its hyphens.
  struct Joined: Equatable {
    let word: String
    /// The byte after the last part of the word in the text.
    let end: Int
  }

  /// The most parts that are joined to one word, as in "mother-in-law"; identifiers may have many.
  private static let partLimit = 4
  /// A part with more bytes than this is not a word.
  private static let partByteLimit = 64

  /// The words of ``joined(in:)`` in lower case, each once.
  ///
  /// - Parameter text: as it was written.
  /// - Returns: words, in the order of the text.
  package static func words(in text: String) -> [String] {
    var seen: Set<String> = []
    return joined(in: Array(SearchForms.folded(text, end: .isNone).utf8))
      .map { $0.word.lowercased() }.filter { seen.insert($0).inserted }
  }

  /// The words around each hyphen joined, and chains of up to four parts.
  ///
  /// The hyphen follows a letter or digit; then comes the next part, at once or on the next line. Two
  /// digits are never joined: "20-25" is not 2025.
  ///
  /// - Parameter text: UTF-8, as `SearchForms.folded` gives it.
  /// - Returns: words, by ascending ends.
  /// - Complexity: O(text).
  static func joined(in text: [UInt8]) -> [Joined] {
    var result: [Joined] = []
    // The chain that the part before may continue.
    var chain = (word: "", parts: 0, end: -1)
    var offset = 0
    while let hyphen = hyphen(in: text, from: offset) {
      offset = hyphen.upperBound
      let before = part(endingAt: hyphen.lowerBound, in: text)
      guard let start = nextPart(from: hyphen.upperBound, in: text) else { continue }
      let after = part(beginningAt: start, in: text)
      guard let last = before.unicodeScalars.last, let first = after.unicodeScalars.first,
        last.properties.isAlphabetic || first.properties.isAlphabetic
      else { continue }
      let end = start + after.utf8.count
      result.append(Joined(word: before + after, end: end))
      if chain.end == hyphen.lowerBound, chain.parts < partLimit {
        chain = (chain.word + after, chain.parts + 1, end)
        result.append(Joined(word: chain.word, end: end))
      } else {
        chain = (before + after, 2, end)
      }
    }
    return result
  }

  /// The next hyphen: U+002D, or U+2010, which stands for U+2011 in folded text.
  private static func hyphen(in text: [UInt8], from start: Int) -> Range<Int>? {
    var offset = start
    while offset < text.count {
      if text[offset] == UInt8(ascii: "-") { return offset..<offset + 1 }
      if text[offset] == 0xE2, text[offset...].starts(with: [0xE2, 0x80, 0x90]) {
        return offset..<offset + 3
      }
      offset += 1
    }
    return nil
  }

  /// The offset of the next part, after white space with at most one line end and after the marks of
  /// quoted mail; nil at a blank line.
  private static func nextPart(from start: Int, in text: [UInt8]) -> Int? {
    var lineCount = 0
    var offset = start
    while offset < text.count {
      switch text[offset] {
      case 0x0A:
        lineCount += 1
        if lineCount > 1 { return nil }
      case 0x20, 0x09, 0x0D: break
      case UInt8(ascii: ">") where lineCount == 1: break
      default: return offset
      }
      offset += 1
    }
    return nil
  }

  private static func part(endingAt end: Int, in text: [UInt8]) -> String {
    var start = end
    while start > 0, end - start < partByteLimit, isPart(text[start - 1]) { start -= 1 }
    let scalars = String(decoding: text[start..<end], as: UTF8.self).unicodeScalars
    return String(
      String.UnicodeScalarView(
        scalars.reversed().prefix(while: SearchForms.isWordScalar).reversed()))
  }

  private static func part(beginningAt start: Int, in text: [UInt8]) -> String {
    var end = start
    while end < text.count, end - start < partByteLimit, isPart(text[end]) { end += 1 }
    let scalars = String(decoding: text[start..<end], as: UTF8.self).unicodeScalars
    return String(String.UnicodeScalarView(scalars.prefix(while: SearchForms.isWordScalar)))
  }

  /// ASCII letters and digits, and every byte of other characters.
  private static func isPart(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }
}
