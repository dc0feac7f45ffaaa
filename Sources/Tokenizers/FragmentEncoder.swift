// A prompt of tokens and texts to ids: texts between two special tokens are tokenised as one.

/// Collects the parts of a prompt and tokenises each run of text between special tokens.
struct FragmentEncoder {
  private let tokenizer: LanguageTokenizer
  private var ids: [Int32] = []
  /// The text since the last special token.
  private var text: [UInt8] = []
  /// Whether that text stands at the start or directly after a special token.
  private var isAfterSpecial: Bool
  /// Whether white space that comes next belongs to the special token before it.
  private var stripsWhiteSpace = false
  private var merger = PairMerger()

  init(tokenizer: LanguageTokenizer, isStart: Bool) {
    self.tokenizer = tokenizer
    isAfterSpecial = isStart
  }

  mutating func append(token id: Int32) {
    flush()
    ids.append(id)
    isAfterSpecial = true
    stripsWhiteSpace = tokenizer.strippingTokens.contains(id)
  }

  /// Appends text in which the spellings that `matcher` knows become tokens.
  mutating func append(_ string: String, matcher: SpecialTokenMatcher) {
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

  /// C's `isspace` in the C locale, which llama.cpp strips by: TAB LF VT FF CR and the space.
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
