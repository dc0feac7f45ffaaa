/// The words of a cleaned text, within which CLIP's byte-pair encoding merges:
/// `'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+`, without regard to case. White space
/// belongs to no word.
///
/// - Source: openai/CLIP `simple_tokenizer.py`.
struct CLIPWords {
  private let scanner: WordScanner
  private var index = 0

  init(of text: [UInt8]) { scanner = WordScanner(text: text) }

  /// The byte range of the next word, or nil at the end of the text.
  mutating func next() -> Range<Int>? {
    let text = scanner.text
    while let wordClass = scanner.wordClass(at: index, limit: text.count), wordClass == .space {
      index = scanner.nextScalar(index)
    }
    guard index < text.count else { return nil }
    let start = index
    index = end(start)
    return start..<index
  }

  private func end(_ start: Int) -> Int {
    let text = scanner.text
    if text[start] == UInt8(ascii: "'") {
      if let end = scanner.contractionEnd(start, limit: text.count, ignoresCase: true) {
        return end
      }
      // The long s, U+017F, matches "s" where case is ignored.
      if text[(start + 1)...].starts(with: [0xC5, 0xBF]) { return start + 3 }
    }
    switch scanner.wordClass(at: start, limit: text.count) {
    case .number: return scanner.nextScalar(start)
    case let wordClass?: return scanner.classEnd(start, wordClass, limit: text.count)
    case nil: return text.count
    }
  }
}
