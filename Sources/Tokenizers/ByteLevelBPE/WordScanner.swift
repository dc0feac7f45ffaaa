/// Finds the ends of words by the alternatives of the pre-tokenizers' regular expressions, in order.
///
/// - Complexity: O(bytes of the word) per word; no backtracking.
struct WordScanner {
  /// Valid UTF-8.
  let text: [UInt8]
  private let classes = WordClasses.table

  init(text: [UInt8]) {
    self.text = text
  }

  /// The end of the word that begins at `start`, by GPT-2's expression.
  ///
  /// - Parameters:
  ///   - start: the start of a scalar.
  ///   - limit: the end of the text that the expression sees, at a scalar's border.
  /// - Returns: an index after `start`.
  /// - Precondition: `start < limit`.
  func gpt2WordEnd(_ start: Int, limit: Int) -> Int {
    if text[start] == Self.apostrophe,
      let end = contractionEnd(start, limit: limit, ignoresCase: false)
    {
      return end
    }
    // ` ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+`
    let first = text[start] == Self.space ? start + 1 : start
    if first < limit, let wordClass = wordClass(at: first, limit: limit), wordClass != .space {
      return classEnd(first, wordClass, limit: limit)
    }
    return whiteSpaceEnd(start, limit: limit)
  }

  /// The end of the word that begins at `start`, by Llama 3's expression.
  ///
  /// - Parameters:
  ///   - start: the start of a scalar.
  ///   - digits: the largest number of digits in a word; 3 for Llama 3, 1 for Qwen2.
  /// - Returns: an index after `start`.
  func llama3WordEnd(_ start: Int, digits: Int) -> Int {
    let limit = text.count
    let byte = text[start]
    if byte == Self.apostrophe, let end = contractionEnd(start, limit: limit, ignoresCase: true) {
      return end
    }
    // `[^\r\n\p{L}\p{N}]?\p{L}+`
    let (scalar, second) = Tokenizers.scalar(in: text, at: start)
    let firstClass = Self.merged(classes[scalar])
    if firstClass == .letter { return classEnd(second, .letter, limit: limit) }
    if firstClass != .number, !Self.isLineEnd(byte), wordClass(at: second, limit: limit) == .letter
    {
      return classEnd(second, .letter, limit: limit)
    }
    if firstClass == .number { return numberEnd(start, limit: limit, digits: digits) }
    // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
    let mark = byte == Self.space ? start + 1 : start
    if wordClass(at: mark, limit: limit) == .other {
      var end = classEnd(mark, .other, limit: limit)
      while end < limit, Self.isLineEnd(text[end]) { end += 1 }
      return end
    }
    // `\s*[\r\n]+`: up to the last line end of the white space.
    let spaceEnd = classEnd(start, .space, limit: limit)
    if let last = text[start..<spaceEnd].lastIndex(where: Self.isLineEnd) { return last + 1 }
    return whiteSpaceEnd(start, limit: limit)
  }

  /// The end of the part that begins at `start` when a word is cut by `\p{N}+` and the numbers by
  /// `[0-9][0-9][0-9]`.
  func numberPartEnd(_ start: Int, limit: Int) -> Int {
    guard wordClass(at: start, limit: limit) == .number else {
      return runEnd(start, limit: limit) { _, wordClass in wordClass != .number }
    }
    let end = classEnd(start, .number, limit: limit)
    var index = start
    while index < end {
      let isTriple = index + 3 <= end && text[index..<index + 3].allSatisfy(Self.isDigit)
      if isTriple { return index == start ? index + 3 : index }
      index = nextScalar(index)
    }
    return end
  }

  /// The end of the run of scalars that begins at `start` and satisfies `matches`.
  func runEnd(
    _ start: Int, limit: Int? = nil, while matches: (UInt32, WordClass) -> Bool
  ) -> Int {
    var index = start
    while index < limit ?? text.count {
      let (scalar, next) = Tokenizers.scalar(in: text, at: index)
      if !matches(scalar, classes[scalar]) { break }
      index = next
    }
    return index
  }

  /// The start of the scalar after the one at `index`.
  func nextScalar(_ index: Int) -> Int { min(index + scalarByteCount(text[index]), text.count) }

  // MARK: Alternatives

  /// The end of `'s|'t|'re|'ve|'m|'ll|'d`, or nil.
  func contractionEnd(_ start: Int, limit: Int, ignoresCase: Bool) -> Int? {
    func letter(_ index: Int) -> UInt8 {
      guard index < limit else { return 0 }
      let byte = text[index]
      return ignoresCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
    switch (letter(start + 1), letter(start + 2)) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return start + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }

  /// The end of `\s+(?!\S)|\s+`: the last white space before a word is left to the word.
  private func whiteSpaceEnd(_ start: Int, limit: Int) -> Int {
    var index = start
    var last = start
    while index < limit, wordClass(at: index, limit: limit) == .space {
      last = index
      index = nextScalar(index)
    }
    return index < limit && last > start ? last : index
  }

  private func numberEnd(_ start: Int, limit: Int, digits: Int) -> Int {
    var index = start
    for _ in 0..<digits where index < limit && wordClass(at: index, limit: limit) == .number {
      index = nextScalar(index)
    }
    return index
  }

  /// The end of the run of scalars of one class.
  @inline(__always)
  func classEnd(_ start: Int, _ expected: WordClass, limit: Int) -> Int {
    var index = start
    while index < limit {
      let (scalar, next) = Tokenizers.scalar(in: text, at: index)
      if Self.merged(classes[scalar]) != expected { break }
      index = next
    }
    return index
  }

  @inline(__always)
  func wordClass(at index: Int, limit: Int) -> WordClass? {
    index < limit ? Self.merged(classes[scalar(in: text, at: index).scalar]) : nil
  }

  /// Maps punctuation to `other`: only the pre-tokenizer `default` distinguishes them.
  @inline(__always)
  private static func merged(_ wordClass: WordClass) -> WordClass {
    wordClass == .punctuation ? .other : wordClass
  }

  private static let apostrophe = UInt8(ascii: "'")
  private static let space = UInt8(ascii: " ")

  @inline(__always)
  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
