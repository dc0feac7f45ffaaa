internal import Checkpoints

extension LanguageTokenizer {
  /// The byte of a token spelled `<0xNN>`; nil for other spellings.
  static func byte(ofSpelling spelling: ArraySlice<UInt8>) -> UInt8? {
    let start = spelling.startIndex
    guard spelling.count == 6, spelling.starts(with: "<0x".utf8),
      spelling[start + 5] == UInt8(ascii: ">"),
      let high = hexDigit(spelling[start + 3]), let low = hexDigit(spelling[start + 4])
    else { return nil }
    return high << 4 | low
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// The bytes that each token contributes to a text.
  static func decodedTokens(_ vocabulary: TokenVocabulary, _ model: Model) -> StringArray {
    var decoded = StringArray(
      count: vocabulary.count, byteCount: vocabulary.spellings.byteCount)
    for id in 0..<vocabulary.count {
      let spelling = vocabulary.spellings.bytes(at: id)
      switch (vocabulary.kinds[id], model) {
      case (.byte, _): decoded.append(byte(ofSpelling: spelling).map { [$0] } ?? [])
      case (.control, _), (.unknown, _): decoded.append(spelling)
      case (.userDefined, .byteLevel): decoded.append(spelling)
      case (_, .sentencePiece): decoded.append(unescape(spelling))
      case (_, .byteLevel): decoded.append(ByteCharacters.decode(spelling) ?? Array(spelling))
      }
    }
    return decoded
  }

  /// Replaces U+2581 by a space.
  private static func unescape(_ spelling: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    var rest = spelling
    while let first = rest.first {
      if rest.starts(with: SentencePieceModel.spaceMark) {
        text.append(UInt8(ascii: " "))
        rest = rest.dropFirst(SentencePieceModel.spaceMark.count)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }
}
