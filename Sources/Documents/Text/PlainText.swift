/// Tells text from binary content by its first bytes.
enum PlainText {
  /// Bytes that are examined.
  ///
  /// A binary format has a zero byte or an invalid sequence of UTF-8 in its header.
  static let window = 4_096

  /// Whether the content begins as a text in UTF-8 does: no control characters but those of white
  /// space and terminals, and no invalid sequences.
  ///
  /// - Complexity: O(1).
  static func isPlausible(_ bytes: [UInt8]) -> Bool {
    let head = Array(bytes.prefix(window))
    guard !head.isEmpty, !head.contains(where: TextEncoding.isSuspicious) else { return false }
    var offset = 0
    while offset < head.count {
      switch UTF8Sequence.decode(head, at: offset) {
      case .scalar(_, let byteCount): offset += byteCount
      case .invalid(let byteCount):
        // The window may cut a character.
        return offset + byteCount == head.count && bytes.count > head.count
      }
    }
    return true
  }
}
