// The tokens of a language model as its GGUF file lists them: spelling, kind, decoded bytes.
package import Checkpoints

/// What a token is for.
///
/// - Source: llama.cpp `llama_token_type`; the raw values are those of GGUF files. SentencePiece's
///   `ModelProto.SentencePiece.Type` has the same ones.
package enum TokenKind: Int, Sendable {
  case undefined = 0
  case normal = 1
  /// Stands for what the vocabulary cannot spell; no text becomes it by its spelling.
  case unknown = 2
  /// Structure, such as the end of a turn; only templates produce it.
  case control = 3
  /// Text that is always a token of its own.
  case userDefined = 4
  case unused = 5
  /// One byte, spelled `<0xNN>`.
  case byte = 6
}

/// Spellings, kinds and decoded bytes of all tokens.
package struct TokenVocabulary: Sendable {
  /// Spellings as in the file, escapes included.
  package let spellings: StringArray
  /// The kind of each token, after the corrections of `SpecialTokens`.
  package internal(set) var kinds: [TokenKind]
  /// SentencePiece's score of each token; empty for byte-level BPE.
  let scores: [Float]
  /// What each token contributes to a text; for special tokens their spelling.
  var decoded = StringArray()

  /// Number of ids.
  package var count: Int { kinds.count }

  /// The kind of a token, or nil where there is no such id.
  package func kind(of id: Int32) -> TokenKind? {
    kinds.indices.contains(Int(id)) ? kinds[Int(id)] : nil
  }

  /// Whether a token is control or unknown: no text may become it.
  func isSpecial(_ id: Int) -> Bool { kinds[id] == .control || kinds[id] == .unknown }

  /// The spelling of `id` in the file, bytes that are not UTF-8 as U+FFFD; nil where there is none.
  package func spelling(of id: Int32) -> String? {
    kinds.indices.contains(Int(id)) ? spellings[Int(id)] : nil
  }
}

/// How large a vocabulary may be.
///
/// The largest published ones have 262,144 tokens of 3 MB together, the longest token 256 bytes.
enum VocabularyLimits {
  static let tokenCount = 1 << 20
  static let tokenByteCount = 1_024
  /// Below 2^24, the number of nodes of a `ByteTrie`.
  static let totalByteCount = 12 << 20
  static let mergeCount = 1 << 21
}
