/// Decodes bytes in a named character set, as MIME parts and RTF declare it.
enum CharsetDecoder {
  /// Decodes `bytes`; what is invalid becomes U+FFFD, and line ends become `\n`.
  ///
  /// - Parameters:
  ///   - bytes: the encoded text.
  ///   - charset: a label that `TextEncoding` knows, or a name of the C library; empty for ASCII
  ///     and what old programs put beside it.
  /// - Returns: nil for a name that neither knows.
  /// - Complexity: O(bytes).
  static func decode(_ bytes: [UInt8], charset: String) -> String? {
    if let encoding = TextEncoding(label: charset.isEmpty ? "us-ascii" : charset) {
      return TextDecoder.decode(
        bytes, as: DetectedEncoding(encoding: encoding, markByteCount: 0)
      ).text
    }
    guard
      charset.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "/") }),
      let converter = CharsetConverter(charset)
    else { return nil }
    var builder = TextBuilder()
    converter.decode(bytes, from: 0, into: &builder)
    return builder.text
  }
}
