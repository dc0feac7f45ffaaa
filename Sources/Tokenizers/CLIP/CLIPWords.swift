/// The words of a cleaned text, within which CLIP's byte-pair encoding merges.
///
/// The expression is `'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+`. White space belongs to no word.
///
/// OpenAI's expression ignores case. In text in lower case that matters for two characters: the long
/// s, U+017F, is an "s", and U+0345, whose capital is the letter iota, is in none of the classes and
/// so in no word. Hugging Face's expression does not ignore case.
///
/// - Source: openai/CLIP `simple_tokenizer.py`; Python's `regex`.
struct CLIPWords {
  private let scanner: WordScanner
  private let ignoresCase: Bool
  /// The index at which the search for the next word begins.
  var index = 0

  init(of text: [UInt8], ignoresCase: Bool) {
    scanner = WordScanner(text: text)
    self.ignoresCase = ignoresCase
  }

  /// The byte range of the next word, or nil at the end of the text.
  mutating func next() -> Range<Int>? {
    guard skipSpace() else { return nil }
    let start = index
    index = end(start)
    return start..<index
  }

  /// Goes to the place where the next word begins; false at the end of the text.
  mutating func skipSpace() -> Bool {
    let text = scanner.text
    while index < text.count,
      scanner.wordClass(at: index, limit: text.count) == .space || isDropped(index)
    {
      index = scanner.nextScalar(index)
    }
    return index < text.count
  }

  private func end(_ start: Int) -> Int {
    let text = scanner.text
    if text[start] == UInt8(ascii: "'") {
      if let end = scanner.contractionEnd(start, limit: text.count, ignoresCase: true) {
        return end
      }
      if ignoresCase, text[(start + 1)...].starts(with: Self.longS) { return start + 3 }
    }
    switch scanner.wordClass(at: start, limit: text.count) {
    case .number: return scanner.nextScalar(start)
    case let wordClass?:
      let end = scanner.classEnd(start, wordClass, limit: text.count)
      return (start..<end).first { isDropped($0) } ?? end
    case nil: return text.count
    }
  }

  /// U+017F in UTF-8.
  private static let longS: [UInt8] = [0xC5, 0xBF]
  /// U+0345 in UTF-8.
  private static let iotaBelow: [UInt8] = [0xCD, 0x85]

  private func isDropped(_ index: Int) -> Bool {
    ignoresCase && scanner.text[index] == Self.iotaBelow[0]
      && scanner.text[index...].starts(with: Self.iotaBelow)
  }
}
