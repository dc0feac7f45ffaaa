package import Checkpoints

/// The function of a token.
///
/// - Source: llama.cpp `llama_token_type`, whose raw values GGUF files store. SentencePiece's
///   `ModelProto.SentencePiece.Type` has the same values.
package enum TokenKind: Int, Sendable {
  /// The file does not say; treated as `normal`.
  case undefined = 0
  /// Ordinary text.
  case normal = 1
  /// Replaces text that the vocabulary cannot spell; its own spelling in a text is not this token.
  case unknown = 2
  /// Structure, such as the end of a turn; only templates produce it.
  case control = 3
  /// Text that is never merged with its neighbours.
  case userDefined = 4
  /// Reserved ids; treated as `normal`.
  case unused = 5
  /// One byte, spelled `<0xNN>`.
  case byte = 6
}

/// Spellings, kinds and decoded bytes of all tokens of a language model.
package struct TokenVocabulary: Sendable {
  /// Spellings as in the file, with their escapes.
  package let spellings: StringArray
  /// The kind of each token, after the corrections of `ControlTokens`.
  package internal(set) var kinds: [TokenKind]
  /// SentencePiece's score of each token; empty for byte-level BPE.
  let scores: [Float]
  /// The bytes that each token contributes to a text; for special tokens the spelling.
  var decoded = StringArray()

  /// Number of token ids.
  package var count: Int { kinds.count }

  /// The kind of a token; nil for an id outside the vocabulary.
  package func kind(of id: Int32) -> TokenKind? {
    kinds.indices.contains(Int(id)) ? kinds[Int(id)] : nil
  }

  /// Whether a token is control or unknown, which text must not become.
  func isSpecial(_ id: Int) -> Bool { kinds[id] == .control || kinds[id] == .unknown }

  /// The spelling of `id` in the file, with U+FFFD for bytes that are not UTF-8; nil for an id
  /// outside the vocabulary.
  package func spelling(of id: Int32) -> String? {
    kinds.indices.contains(Int(id)) ? spellings[Int(id)] : nil
  }
}

/// Upper limits of a vocabulary, so that a hostile file cannot exhaust memory.
///
/// The largest published vocabularies have 262,144 tokens of 3 MB in total; the longest token has
/// 256 bytes.
enum VocabularyLimits {
  /// Tokens.
  static let tokenCount = 1 << 20
  /// Bytes of one token.
  static let tokenByteCount = 1_024
  /// Bytes of all tokens; below the 2^24 nodes of a `ByteTrie`.
  static let totalByteCount = 12 << 20
  /// Merges of byte-level BPE.
  static let mergeCount = 1 << 21

  /// Checks the number and the sizes of the tokens of a file.
  ///
  /// - Parameters:
  ///   - tokens: their spellings.
  ///   - entry: the name of the entry, for errors.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.invalid` where there are none, or more or longer ones than the limits.
  static func check(
    _ tokens: StringArray, entry: String, source: String
  ) throws(TokenizerError) {
    func invalid(_ reason: String) -> TokenizerError {
      .invalid(entry: entry, reason: reason, source: source)
    }
    guard !tokens.isEmpty else { throw invalid("there are no tokens") }
    guard tokens.count <= tokenCount else {
      throw invalid("\(tokens.count) tokens, the limit is \(tokenCount)")
    }
    for index in tokens.indices where tokens.bytes(at: index).count > tokenByteCount {
      throw invalid(
        "token \(index) has \(tokens.bytes(at: index).count) bytes, the limit is \(tokenByteCount)")
    }
    guard tokens.byteCount <= totalByteCount else {
      throw invalid("\(tokens.byteCount) bytes in all tokens, the limit is \(totalByteCount)")
    }
  }
}
