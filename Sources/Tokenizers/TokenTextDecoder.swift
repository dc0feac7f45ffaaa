/// Decodes the ids of a running generation into text that never ends within a character.
///
/// A token may end within a character: a vocabulary without an emoji spells it in four byte tokens.
/// Such bytes are held back until the character is complete; U+FFFD appears only for bytes that
/// cannot become a character. All returned texts together equal `String(decoding:as:)` of all bytes.
///
/// - Complexity: O(bytes of the token) per id. Texts of up to 15 bytes need no allocation, because
///   `String` stores them inline.
package struct TokenTextDecoder: Sendable {
  private let tokenizer: LanguageTokenizer
  private let showsSpecial: Bool
  /// Whether the next text loses one leading space, which encoding added.
  private var stripsSpace: Bool
  /// The beginning of an incomplete character, at most three bytes.
  private var pending: [UInt8] = []

  /// - Parameters:
  ///   - tokenizer: the tokenizer of the ids.
  ///   - showsSpecial: whether special tokens yield their spelling.
  ///   - isStart: whether the ids begin a text, so that one leading space is removed where encoding
  ///     adds one. A model's answer does not always begin with a space; then nothing is removed.
  package init(tokenizer: LanguageTokenizer, showsSpecial: Bool = false, isStart: Bool = true) {
    self.tokenizer = tokenizer
    self.showsSpecial = showsSpecial
    stripsSpace = isStart && tokenizer.addsSpacePrefix
  }

  /// The text that this id completes: usually the id's own text, sometimes nothing.
  package mutating func append(_ id: Int32) -> String {
    var bytes = tokenizer.bytes(of: id, showsSpecial: showsSpecial)
    let isSpecial =
      tokenizer.vocabulary.kind(of: id).map { $0 == .control || $0 == .unknown } ?? true
    if isSpecial {
      // Encoding puts a space after special tokens as well.
      stripsSpace = stripsSpace || (tokenizer.addsSpacePrefix && showsSpecial)
    } else if !bytes.isEmpty {
      if stripsSpace, bytes.first == UInt8(ascii: " ") { bytes = bytes.dropFirst() }
      stripsSpace = false
    }
    pending += bytes
    let completeCount = pending.count - UTF8Tail.incompleteByteCount(of: pending)
    // Decode before removing: a slice that is still alive would make `removeFirst` copy.
    let text = String(decoding: pending[..<completeCount], as: UTF8.self)
    pending.removeFirst(completeCount)
    return text
  }

  /// The text of the bytes still held back: U+FFFD for an incomplete character, or nothing.
  package mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }
}

/// The end of UTF-8 text to which bytes are still being appended.
enum UTF8Tail {
  /// Number of bytes at the end, 0 to 3, that begin a character which further bytes may complete.
  ///
  /// - Source: Unicode 17, table 3-7, "Well-Formed UTF-8 Byte Sequences".
  static func incompleteByteCount(of bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let lead = bytes[bytes.count - count]
      if lead & 0xC0 == 0x80 { continue }  // a continuation byte: the lead byte is before it
      let needed = characterByteCount(lead)
      guard count < needed else { return 0 }
      if count >= 2, !secondBytes(lead).contains(bytes[bytes.count - count + 1]) { return 0 }
      return count
    }
    return 0
  }

  /// Number of bytes of the character that `lead` begins; 0 for a byte that begins none.
  private static func characterByteCount(_ lead: UInt8) -> Int {
    switch lead {
    case 0x00...0x7F: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }

  /// The second bytes that may follow `lead`, which excludes overlong forms, surrogates and numbers
  /// above U+10FFFF.
  private static func secondBytes(_ lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xE0: 0xA0...0xBF
    case 0xED: 0x80...0x9F
    case 0xF0: 0x90...0xBF
    case 0xF4: 0x80...0x8F
    default: 0x80...0xBF
    }
  }
}
