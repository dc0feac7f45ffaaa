package import Tokenizers

/// Decodes ids to text, one id at a time, in whole characters.
package protocol TokenDecoding {
  /// The text that the id completes; empty while a character is incomplete.
  mutating func append(_ id: Int32) -> String
  /// The remaining text, with U+FFFD for an incomplete character.
  mutating func finish() -> String
}

extension TokenTextDecoder: TokenDecoding {}
