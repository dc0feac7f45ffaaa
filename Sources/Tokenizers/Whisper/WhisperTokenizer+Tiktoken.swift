extension WhisperTokenizer {
  /// The bytes of each token of a list, in the order of the ids.
  static func spellings(
    _ text: [UInt8], source: String
  ) throws(TokenizerError) -> [ArraySlice<UInt8>] {
    let lines = text.split(separator: UInt8(ascii: "\n"))
    guard lines.count <= VocabularyLimits.tokenCount,
      text.count <= VocabularyLimits.totalByteCount
    else {
      throw .invalid(
        entry: "list of tokens", reason: "\(lines.count) tokens are more than the limit",
        source: source)
    }
    var spellings: [ArraySlice<UInt8>] = []
    spellings.reserveCapacity(lines.count)
    for (number, line) in lines.enumerated() {
      let parts = line.split(separator: UInt8(ascii: " "))
      guard parts.count == 2, let id = Int(String(decoding: parts[1], as: UTF8.self)),
        id == number, let spelling = base64(parts[0])
      else {
        throw .invalid(
          entry: "line \(number + 1)",
          reason: "is not the Base64 of a token's bytes, a space and the id \(number)",
          source: source)
      }
      spellings.append(spelling[...])
    }
    return spellings
  }

  /// The bytes of Base64; nil where it is not.
  ///
  /// The last token of the multilingual list has no bytes and is written as a single `=`.
  ///
  /// - Source: RFC 4648, section 4.
  private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    for character in text.prefix(while: { $0 != UInt8(ascii: "=") }) {
      guard let value = digit(character) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    // What is left over is filled with zeros, and is less than a digit.
    return count < 6 && bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
  }

  private static func digit(_ character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
