package import Tokenizers

/// Ids one after another to text, whole characters at a time.
package protocol TokenDecoding {
  /// The text that a further token completes; empty while a character is unfinished.
  mutating func append(_ id: Int32) -> String
  /// What is left at the end, with U+FFFD for a character that was never finished.
  mutating func finish() -> String
}

extension TokenTextDecoder: TokenDecoding {}
