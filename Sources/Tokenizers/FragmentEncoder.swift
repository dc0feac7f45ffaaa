/// Encodes a prompt: neighbouring texts between two special tokens are tokenised as one text.
struct FragmentEncoder {
  private let tokenizer: LanguageTokenizer
  private var ids: [Int32] = []
  /// The text since the last special token.
  private var text: [UInt8] = []
  /// Whether that text is at the start of the prompt or directly after a special token.
  private var isAfterSpecial: Bool
  /// Whether leading white space of the next text is dropped.
  private var stripsWhiteSpace = false
  private var merger = PairMerger()

  init(tokenizer: LanguageTokenizer, isStart: Bool) {
    self.tokenizer = tokenizer
    isAfterSpecial = isStart
  }

  /// Appends a special token.
  mutating func append(token id: Int32) {
    flush()
    ids.append(id)
    isAfterSpecial = true
    stripsWhiteSpace = tokenizer.strippingTokens.contains(id)
  }

  /// Appends text in which the spellings of `matcher` become tokens.
  mutating func append(_ string: String, matcher: TokenSpellingMatcher) {
    let bytes = Array(string.utf8)
    if matcher.isEmpty { return append(bytes[...]) }
    var start = 0
    for match in matcher.matches(in: bytes) {
      append(bytes[start..<match.range.lowerBound])
      append(token: match.id)
      start = match.range.upperBound
    }
    append(bytes[start...])
  }

  /// Tokenises the remaining text and returns all ids.
  mutating func finish() -> [Int32] {
    flush()
    return ids
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    guard stripsWhiteSpace else { return text.append(contentsOf: bytes) }
    let rest = bytes.drop(while: Self.isCSpace)
    text.append(contentsOf: rest)
    if !rest.isEmpty { stripsWhiteSpace = false }
  }

  /// `isspace` of the C locale, as llama.cpp strips: TAB, LF, VT, FF, CR and the space.
  private static func isCSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private mutating func flush() {
    if text.isEmpty { return }
    switch tokenizer.algorithm {
    case .sentencePiece(let model):
      let prefixed = tokenizer.addsSpacePrefix && isAfterSpecial
      model.encode(text, addsSpacePrefix: prefixed, merger: &merger, into: &ids)
    case .byteLevel(let model):
      model.encode(text, merger: &merger, into: &ids)
    }
    text.removeAll(keepingCapacity: true)
    isAfterSpecial = false
  }
}
