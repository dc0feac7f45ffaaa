/// Encoded words in headers: `=?ISO-8859-1?Q?Caf=E9?=` (RFC 2047).
enum EncodedWords {
  /// Resolves the encoded words of a value; what is not one stays as it is.
  ///
  /// White space between two encoded words is dropped, and neighbours in one character set are
  /// decoded together, because some programs split characters between them.
  static func decode(_ value: String) -> String {
    guard value.contains("=?") else { return value }
    var result = ""
    var pendingBytes: [UInt8] = []
    var pendingCharset: String?
    var spaces = ""
    func flush() {
      if let charset = pendingCharset { result += text(pendingBytes, charset) }
      (pendingBytes, pendingCharset) = ([], nil)
    }
    var rest = Substring(value)
    while !rest.isEmpty {
      if rest.hasPrefix("=?"), let word = Word(rest) {
        if pendingCharset == nil {
          result += spaces
        } else if word.charset != pendingCharset {
          flush()
        }
        spaces = ""
        pendingCharset = word.charset
        pendingBytes += word.bytes
        rest = rest.dropFirst(word.characterCount)
        continue
      }
      let character = rest.removeFirst()
      if character.isWhitespace {
        spaces.append(character)
      } else {
        flush()
        result += spaces + String(character)
        spaces = ""
      }
    }
    flush()
    return result + spaces
  }

  private static func text(_ bytes: [UInt8], _ charset: String) -> String {
    CharsetDecoder.decode(bytes, charset: charset) ?? String(decoding: bytes, as: UTF8.self)
  }

  /// One encoded word at the start of a text.
  private struct Word {
    let charset: String
    let bytes: [UInt8]
    let characterCount: Int

    init?(_ text: Substring) {
      let parts = text.dropFirst(2).split(
        separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, parts[3].hasPrefix("="), !parts[0].isEmpty, parts[1].count == 1 else {
        return nil
      }
      // A language may follow the character set (RFC 2231, section 5).
      charset = String(parts[0].prefix { $0 != "*" }).lowercased()
      let content = Array(parts[2].utf8)
      switch parts[1].lowercased() {
      case "b": bytes = TransferEncoding.base64Decoded(content[...])
      case "q":
        bytes = TransferEncoding.quotedPrintableDecoded(content.map { $0 == 0x5F ? 0x20 : $0 }[...])
      default: return nil
      }
      characterCount = 2 + parts[0].count + 1 + 1 + 1 + parts[2].count + 2
    }
  }
}
