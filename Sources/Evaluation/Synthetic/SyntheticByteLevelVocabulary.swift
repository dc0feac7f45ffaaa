internal import Models
internal import Tokenizers

/// A placeholder byte-level BPE vocabulary of any size, with the special tokens of Qwen's.
///
/// Ids 0 to 255 are the bytes, then syllables of a consonant and a vowel and words of two and more
/// syllables, each also with a space before it. Each of these tokens is the merge of two earlier ones,
/// so any text can be encoded, and any sequence of tokens reads as invented words. Special tokens
/// follow, then padding.
struct SyntheticByteLevelVocabulary {
  private(set) var tokens: [String]
  private(set) var types: [Int32]
  /// `tokenizer.ggml.merges`, in the order of the tokens.
  private(set) var merges: [String] = []
  /// `<|endoftext|>`, the first special token.
  let endOfText: Int

  /// `<|im_end|>`, which ends a turn.
  var endOfTurn: Int { endOfText + 2 }

  /// `LLAMA_TOKEN_TYPE_*` of llama.cpp's `llama.h`.
  private enum TokenType {
    static let normal: Int32 = 1
    static let control: Int32 = 3
    static let userDefined: Int32 = 4
    static let unused: Int32 = 5
  }

  /// Tokens before the special ones in all published vocabularies of Qwen2 to Qwen3.
  private static let publishedCount = 151_643
  /// - Source: `tokenizer_config.json` of Qwen/Qwen2.5-7B-Instruct, `added_tokens_decoder`.
  private static let specials = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>",
    "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>",
    "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>", "<tool_call>",
    "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
    "<|repo_name|>", "<|file_sep|>",
  ]
  /// - Source: the same file of Qwen/Qwen3-4B.
  private static let qwen3Specials = ["<tool_response>", "</tool_response>", "<think>", "</think>"]

  /// The vocabulary of an architecture.
  ///
  /// - Parameters:
  ///   - architecture: decides the special tokens.
  ///   - count: all tokens, special tokens and padding included; at least 400.
  init(architecture: LlamaConfig.Architecture, count: Int) {
    precondition(count >= 400, "room for bytes, syllables and special tokens")
    let specials = Self.specials + (architecture == .qwen3 ? Self.qwen3Specials : [])
    tokens = (UInt8.min...UInt8.max).map(ByteCharacters.character)
    endOfText = min(Self.publishedCount, count - specials.count)
    types = []
    appendWords(upTo: endOfText)
    types = Array(repeating: TokenType.normal, count: tokens.count)
    for special in specials {
      tokens.append(special)
      types.append(special.hasPrefix("<|") ? TokenType.control : TokenType.userDefined)
    }
    for id in tokens.count..<count {
      tokens.append("[PAD\(id)]")
      types.append(TokenType.unused)
    }
  }

  private mutating func appendWords(upTo end: Int) {
    let space = ByteCharacters.character(UInt8(ascii: " "))
    let syllables = "bcdfghjklmnpqrstvwxyz".flatMap { consonant in
      "aeiou".map { (String(consonant), String($0)) }
    }
    var words = syllables
    while tokens.count < end {
      append(words, upTo: end)
      append(words.map { (space, $0.0 + $0.1) }, upTo: end)
      let room = (end - tokens.count + syllables.count) / syllables.count
      words = words.prefix(room).flatMap { word in
        syllables.map { (word.0 + word.1, $0.0 + $0.1) }
      }
    }
  }

  private mutating func append(_ pairs: [(String, String)], upTo end: Int) {
    for (left, right) in pairs.prefix(max(0, end - tokens.count)) {
      tokens.append(left + right)
      merges.append(left + " " + right)
    }
  }
}
