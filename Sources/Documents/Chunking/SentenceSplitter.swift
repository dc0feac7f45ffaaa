/// Splits running text into sentences.
///
/// A sentence ends at `.`, `!`, `?`, `…` or a similar mark, including the closing quotation marks
/// and brackets after it, if white space and then anything but a lower-case letter follow. A full
/// stop after an abbreviation, an initial or a list number does not end one. Chinese and Japanese
/// full stops always end one. If the rules are wrong, a chunk may be cut at a slightly worse place;
/// no text is lost.
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
    return !isAbbreviation(stop: stop, start: start, nextIsUppercase: next.properties.isUppercase)
  }

  /// Whether the full stop at `stop` belongs to the word before it.
  private func isAbbreviation(stop: Int, start: Int, nextIsUppercase: Bool) -> Bool {
    var wordStart = stop
    while wordStart > start, stop - wordStart < 12, !isWordBreak(bytes[wordStart - 1]) {
      wordStart -= 1
    }
    let word = String(decoding: bytes[wordStart..<stop], as: UTF8.self).lowercased()
    guard let first = word.unicodeScalars.first else { return false }
    if word.unicodeScalars.count == 1, first.properties.isAlphabetic { return true }
    // "3. Turn the key": the number of a step at the beginning of the text.
    if word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), word.utf8.count <= 3 {
      return isBlank(start..<wordStart)
    }
    if Self.abbreviations.contains(word) { return true }
    return Self.abbreviationsBeforeSmallLetters.contains(word) && !nextIsUppercase
  }

  /// Abbreviations after which a sentence continues, usually with a name or a number.
  private static let abbreviations: Set<String> = [
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "st", "sr", "jr", "gen", "col", "capt", "lt",
    "sgt", "messrs", "mme", "mlle", "hr", "fr", "ing", "dipl", "e.g", "i.e", "cf", "vs", "viz",
    "approx", "ca", "no", "nos", "nr", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "ed", "eds",
    "incl", "excl",
    "pp", "art", "ref", "tab", "app", "z.b", "d.h", "u.a", "bzw", "ggf", "evtl", "vgl", "p.ex",
  ]

  /// Abbreviations that may also end a sentence: a capital letter after them begins a new one.
  private static let abbreviationsBeforeSmallLetters: Set<String> = [
    "etc", "usw", "inc", "ltd", "co", "corp", "bros", "a.m", "p.m", "u.s", "u.k", "e.u", "al",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "mon",
    "tue", "wed", "thu", "fri", "sat", "sun", "min", "max", "tel", "str", "dept", "est",
  ]

  /// The offset after further terminators, quotation marks and brackets.
  private func afterClosers(_ offset: Int, upTo limit: Int) -> Int {
    var offset = offset
    while offset < limit {
      let (scalar, byteCount) = scalar(at: offset)
      switch scalar {
      case "\"", "'", ")", "]", "}", "”", "’", "»", "」", "』", "）", "】", "》", "*", "_":
        break
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
