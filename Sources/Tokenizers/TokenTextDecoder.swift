// Ids to text, one id after another, without ever showing half a character.

/// Turns the ids that a model generates into text as they come.
///
/// A token may end within a character (an emoji is four tokens to a vocabulary that lacks it). Its
/// bytes wait until the character is complete; U+FFFD appears only for bytes that can never become a
/// character. All pieces together equal `String(decoding:as:)` of all bytes.
///
/// - Complexity: O(bytes of the token) an id; nothing is allocated for texts of up to 15 bytes, which a
///   `String` holds in itself.
package struct TokenTextDecoder: Sendable {
  private let tokenizer: LanguageTokenizer
  private let showsSpecial: Bool
  /// Whether the next text loses one leading space: the one that the tokenizer put there.
  private var stripsSpace: Bool
  /// At most three bytes, the beginning of a character.
  private var pending: [UInt8] = []

  /// - Parameters:
  ///   - tokenizer: whose ids they are.
  ///   - showsSpecial: whether special tokens appear as they are spelled.
  ///   - isStart: whether the ids begin a text, so that the space is removed that encoding put
  ///     before it. The first of a prompt's ids do; those that a model answers do not always begin
  ///     with a space, and one at most is removed.
  package init(tokenizer: LanguageTokenizer, showsSpecial: Bool = false, isStart: Bool = true) {
    self.tokenizer = tokenizer
    self.showsSpecial = showsSpecial
    stripsSpace = isStart && tokenizer.addsSpacePrefix
  }

  /// The text that is complete with this id; often that of the id, sometimes nothing.
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
    // A slice that lived on would make the removal copy the bytes.
    let text = String(decoding: pending[..<completeCount], as: UTF8.self)
    pending.removeFirst(completeCount)
    return text
  }

  /// What is left when no id follows: U+FFFD for the beginning of a character, or nothing.
  package mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }
}

/// The end of a UTF-8 text that is still growing.
enum UTF8Tail {
  /// How many bytes at the end begin a character that further bytes may complete: 0 to 3.
  ///
  /// - Source: Unicode 17, table 3-7, "Well-Formed UTF-8 Byte Sequences".
  static func incompleteByteCount(of bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let lead = bytes[bytes.count - count]
      if lead & 0xC0 == 0x80 { continue }  // a continuation: the lead lies further ahead
      let needed = characterByteCount(lead)
      guard count < needed else { return 0 }
      if count >= 2, !secondBytes(lead).contains(bytes[bytes.count - count + 1]) { return 0 }
      return count
    }
    return 0
  }

  /// Bytes of the character that `lead` begins; 0 where it begins none.
  private static func characterByteCount(_ lead: UInt8) -> Int {
    switch lead {
    case 0x00...0x7F: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }

  /// What may follow `lead`: neither overlong forms nor surrogates nor numbers beyond U+10FFFF.
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
