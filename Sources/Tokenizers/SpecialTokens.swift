// Which tokens of a vocabulary are structure, which end a generation, which swallow white space.
internal import Checkpoints

/// The special tokens of a language model.
struct SpecialTokens: Sendable {
  var bos: Int32?
  var eos: Int32?
  var unknown: Int32?
  /// End of a turn, where the file names it.
  var endOfTurn: Int32?
  /// End of a message that a tool answers, where the file names it.
  var endOfMessage: Int32?
  /// Tokens after which nothing more is generated.
  var endOfGeneration: Set<Int32> = []
  /// Tokens that swallow the white space after them.
  var stripping: Set<Int32> = []

  /// Spellings that end a generation in any model.
  ///
  /// - Source: llama.cpp `llama_vocab::impl::load`, `special_eog_ids`; it goes by the spelling too,
  ///   because files name only one token as `eos_token_id`: Phi-3's names `<|endoftext|>`, but its
  ///   turns end with `<|end|>`.
  static let endSpellings: Set<String> = [
    "</s>", "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>",
    "<|end_of_text|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>",
    "<end_of_utterance>", "<eos>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
    "<\u{FF5C}end\u{2581}of\u{2581}sentence\u{FF5C}>",
    // Padding, repository and file separators of fill-in-the-middle models.
    "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>",
    "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
  ]

  /// Spellings that are structure whatever type the file gives them.
  ///
  /// - Source: the same function, `special_fim_*_id`.
  static let controlSpellings: Set<String> = [
    "<s>", "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<PRE>", "\u{2581}<PRE>",
    "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<SUF>", "\u{2581}<SUF>", "<|fim_middle|>",
    "<fim-middle>", "<fim_middle>", "<MID>", "\u{2581}<MID>", "\u{2581}<EOT>",
  ]

  /// Makes control tokens of all that are structure by id or spelling, and notes which of them end
  /// a generation.
  mutating func classify(_ vocabulary: inout TokenVocabulary) {
    for id in [bos, eos, endOfTurn, endOfMessage].compactMap(\.self) {
      vocabulary.kinds[Int(id)] = .control
    }
    if let unknown { vocabulary.kinds[Int(unknown)] = .unknown }
    endOfGeneration = Set([eos, endOfTurn, endOfMessage].compactMap(\.self))
    for id in 0..<vocabulary.count where Self.looksSpecial(vocabulary.spellings.bytes(at: id)) {
      let spelling = vocabulary.spellings[id]
      let isEnd = Self.endSpellings.contains(spelling)
      if isEnd { endOfGeneration.insert(Int32(id)) }
      // Added tokens such as <|im_start|> reach files as user-defined text; a document must not be
      // able to open a turn with them.
      let isMark =
        vocabulary.kinds[id] == .userDefined
        && (spelling.hasPrefix("<|") || spelling == "[INST]" || spelling == "[/INST]")
      if isEnd || isMark || Self.controlSpellings.contains(spelling) {
        vocabulary.kinds[id] = .control
      }
    }
  }

  /// Whether the first byte may begin one of the spellings above: most tokens need no `String`.
  private static func looksSpecial(_ spelling: ArraySlice<UInt8>) -> Bool {
    guard let first = spelling.first, let last = spelling.last else { return false }
    return
      (first == UInt8(ascii: "<") || first == UInt8(ascii: "[") || first == UInt8(ascii: "_")
      || first == 0xE2)
      && (last == UInt8(ascii: ">") || last == UInt8(ascii: "]"))
  }

  /// Finds the tokens that swallow white space: Phi-3's, all special ones but three.
  ///
  /// GGUF files do not carry Hugging Face's `rstrip`, so the model's name decides.
  /// - Source: llama.cpp `llama_vocab::impl::load`, "Handle per token attributes".
  mutating func findStripping(_ vocabulary: TokenVocabulary, modelName: String) {
    let name = modelName.lowercased()
    guard name.contains("phi-3") || name.contains("phi3") else { return }
    for id in 0..<vocabulary.count
    where vocabulary.isSpecial(id) || vocabulary.kinds[id] == .userDefined {
      let spelling = vocabulary.spellings[id]
      if !["<unk>", "<s>", "<|endoftext|>"].contains(spelling) { stripping.insert(Int32(id)) }
    }
  }
}

/// Finds the spellings of special tokens in a text: leftmost first, of those the longest.
struct SpecialTokenMatcher: Sendable {
  struct Match: Sendable, Equatable {
    var range: Range<Int>
    var id: Int32
  }

  private var trie = ByteTrie()
  /// Whether a spelling begins with that byte.
  private var begins = [Bool](repeating: false, count: 256)
  private(set) var isEmpty = true

  /// - Parameters:
  ///   - vocabulary: whose tokens are matched.
  ///   - includes: which kinds of them.
  init(_ vocabulary: TokenVocabulary, includes: (TokenKind) -> Bool) {
    for id in 0..<vocabulary.count where includes(vocabulary.kinds[id]) {
      insert(vocabulary.spellings.bytes(at: id), id: Int32(id))
    }
  }

  private mutating func insert(_ spelling: ArraySlice<UInt8>, id: Int32) {
    guard let first = spelling.first else { return }
    trie.insert(spelling, value: id)
    begins[Int(first)] = true
    isEmpty = false
  }

  /// All matches, in order and apart.
  func matches(in bytes: [UInt8]) -> [Match] {
    var matches: [Match] = []
    var index = 0
    while index < bytes.count {
      if begins[Int(bytes[index])], let (id, end) = trie.longestMatch(in: bytes, from: index) {
        matches.append(Match(range: index..<end, id: id))
        index = end
      } else {
        index += 1
      }
    }
    return matches
  }

  /// The longest spelling that stands at `index`.
  func match(in bytes: [UInt8], at index: Int) -> (id: Int32, end: Int)? {
    guard begins[Int(bytes[index])] else { return nil }
    return trie.longestMatch(in: bytes, from: index)
  }
}
