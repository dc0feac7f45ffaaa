/// Splits running text into sentences.
///
/// A sentence ends at `.`, `!`, `?`, `…` or a similar mark, including the closing quotation marks
/// and brackets after it, if white space and then anything but a lower-case letter follow. A full
/// stop after an abbreviation (``Abbreviations``), an initial, an ordinal ("am 3. Mai") or a list
/// number does not end one. Chinese and Japanese full stops always end one. If the rules are wrong, a
/// chunk may be cut at a slightly worse place; no text is lost.
///
/// The rules are a simplification of UAX #29, section 5 (sentence boundaries), with a list of
/// abbreviations, which the annex leaves to the implementation.
struct SentenceSplitter {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The sentences of a range, without the white space around them.
  ///
  /// - Parameter range: bytes of valid UTF-8, on character boundaries.
  /// - Returns: ranges in order that cover every character of `range` that is not white space.
  /// - Complexity: O(range).
  func sentences(in range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = range.lowerBound
    var offset = range.lowerBound
    while offset < range.upperBound {
      let (scalar, byteCount) = scalar(at: offset)
      offset += byteCount
      guard let kind = Terminator(scalar) else { continue }
      let stop = offset - byteCount
      let end = afterClosers(offset, upTo: range.upperBound)
      guard endsSentence(kind, stop: stop, end: end, start: start, limit: range.upperBound) else {
        continue
      }
      appendTrimmed(start..<end, to: &found)
      start = end
      offset = end
    }
    appendTrimmed(start..<range.upperBound, to: &found)
    return found
  }

  private enum Terminator {
    /// `.`, which also ends abbreviations.
    case fullStop
    /// `!`, `?` and others that end a sentence before white space.
    case mark
    /// Chinese and Japanese marks, which are not followed by a space.
    case ideographic

    init?(_ scalar: Unicode.Scalar) {
      switch scalar {
      case ".": self = .fullStop
      case "!", "?", "…", "؟", "۔", "।", "॥", "։": self = .mark
      case "。", "！", "？", "｡": self = .ideographic
      default: return nil
      }
    }
  }

  private func endsSentence(
    _ kind: Terminator, stop: Int, end: Int, start: Int, limit: Int
  ) -> Bool {
    if kind == .ideographic { return true }
    guard end < limit else { return true }
    guard isSpace(bytes[end]) else { return false }
    guard let next = nextScalar(from: end, upTo: limit) else { return true }
    if next.properties.isLowercase { return false }
    guard kind == .fullStop else { return true }
    return !continues(stop: stop, start: start, end: end, limit: limit, next: next)
  }

  /// Whether the full stop at `stop` belongs to the word or the number before it, and the sentence goes
  /// on.
  private func continues(
    stop: Int, start: Int, end: Int, limit: Int, next: Unicode.Scalar
  ) -> Bool {
    let wordStart = beginOfWord(endingAt: stop, start: start)
    let last = string(wordStart..<stop).lowercased()
    guard let first = last.unicodeScalars.first else { return false }
    if last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return continues(afterNumber: last, at: wordStart, start: start, end: end, limit: limit)
    }
    if last.unicodeScalars.count == 1, first.properties.isAlphabetic { return true }
    switch Abbreviations.kind(of: last) {
    case .beforeNames: return true
    case .beforeNumbers: return next.properties.numericType != nil || next == "§"
    case .beforeSmallLetters where !isNumber(before: wordStart, start: start):
      return !next.properties.isUppercase
    case .beforeSmallLetters, .beforeAnything:
      return !next.properties.isUppercase
        || !SentenceStarters.words.contains(word(after: end, upTo: limit))
    case nil: return false
    }
  }

  /// Whether a sentence goes on after a number and a full stop: an ordinal, or the number of a step.
  private func continues(
    afterNumber number: String, at wordStart: Int, start: Int, end: Int, limit: Int
  ) -> Bool {
    guard number.utf8.count <= 3 else { return false }
    // "3. Turn the key" at the beginning of the text.
    if isBlank(start..<wordStart) { return true }
    let following = word(after: end, upTo: limit)
    if Ordinals.followers.contains(following) { return true }
    guard !SentenceStarters.words.contains(following) else { return false }
    return Ordinals.leaders.contains(word(before: wordStart, start: start))
  }

  private func isNumber(before offset: Int, start: Int) -> Bool {
    let word = word(before: offset, start: start)
    return !word.isEmpty && word.utf8.allSatisfy { (0x2C...0x39).contains($0) }
  }

  /// The word before another one, in lower case.
  private func word(before offset: Int, start: Int) -> String {
    var end = offset
    while end > start, isWordBreak(bytes[end - 1]) { end -= 1 }
    return string(beginOfWord(endingAt: end, start: start)..<end).lowercased()
  }

  /// The offset where the word that ends at `stop` begins; no word that matters is longer than 16
  /// bytes.
  private func beginOfWord(endingAt stop: Int, start: Int) -> Int {
    var begin = stop
    while begin > start, stop - begin < 16, !isWordBreak(bytes[begin - 1]) { begin -= 1 }
    // Not within a character.
    while begin < stop, bytes[begin] & 0xC0 == 0x80 { begin += 1 }
    return begin
  }

  /// The next word in lower case, without marks before and after it.
  private func word(after offset: Int, upTo limit: Int) -> String {
    var begin = offset
    while begin < limit, bytes[begin] < 0x80, !Self.isLetterOrDigit(bytes[begin]) { begin += 1 }
    var end = begin
    while end < limit, bytes[end] >= 0x80 || Self.isLetterOrDigit(bytes[end]) { end += 1 }
    return string(begin..<end).lowercased()
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// The offset after further terminators, quotation marks and brackets.
  private func afterClosers(_ offset: Int, upTo limit: Int) -> Int {
    var offset = offset
    while offset < limit {
      let (scalar, byteCount) = scalar(at: offset)
      switch scalar {
      case "\"", "'", ")", "]", "}", "”", "’", "»", "」", "』", "）", "】", "》", "*", "_":
        break
      // The mark of a note, as in `tonnes.¹ It`.
      case "¹", "²", "³", "⁰", "⁴"..."⁹", "ⁱ", "ᵛ", "ˣ": break
      default:
        guard Terminator(scalar) != nil else { return offset }
      }
      offset += byteCount
    }
    return offset
  }

  private func nextScalar(from offset: Int, upTo limit: Int) -> Unicode.Scalar? {
    var offset = offset
    while offset < limit {
      let (scalar, byteCount) = scalar(at: offset)
      switch scalar {
      // Skips opening marks, to look at the letter after them.
      case " ", "\n", "\t", "\"", "'", "(", "[", "“", "‘", "«", "„", "*", "_": offset += byteCount
      default: return scalar
      }
    }
    return nil
  }

  private func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
    switch UTF8Sequence.decode(bytes, at: offset) {
    case .scalar(let scalar, let byteCount): (scalar, byteCount)
    case .invalid(let byteCount): ("\u{FFFD}", byteCount)
    }
  }

  private func appendTrimmed(_ range: Range<Int>, to found: inout [Range<Int>]) {
    let trimmed = TextLayout.trimmed(range, in: bytes)
    if !trimmed.isEmpty { found.append(trimmed) }
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    bytes[range].allSatisfy(isSpace)
  }

  private func isSpace(_ byte: UInt8) -> Bool { TextLayout.isSpace(byte) }

  private func isWordBreak(_ byte: UInt8) -> Bool {
    isSpace(byte) || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "-")
  }
}
