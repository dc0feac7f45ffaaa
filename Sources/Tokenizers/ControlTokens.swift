// Classifies the tokens of a language model: structure, ends of a generation, markup.
internal import Checkpoints

/// The tokens of a language model that have a function in a prompt or an answer.
struct ControlTokens: Sendable {
  /// Begin of sequence.
  var bos: Int32?
  /// End of sequence.
  var eos: Int32?
  /// Replaces text that the vocabulary cannot spell.
  var unknown: Int32?
  /// End of a turn; `tokenizer.ggml.eot_token_id`.
  var endOfTurn: Int32?
  /// End of a message that a tool answers; `tokenizer.ggml.eom_token_id`.
  var endOfMessage: Int32?
  /// Tokens that end a generation.
  var endOfGeneration: Set<Int32> = []
  /// Tokens after which white space is dropped.
  var stripping: Set<Int32> = []
  /// User-defined tokens that only templates and models may write, such as `<think>`: visible in an
  /// answer, but a document that contains the spelling does not get the token.
  var markup: Set<Int32> = []

  /// Spellings that end a generation in every model.
  ///
  /// - Source: llama.cpp `llama_vocab::impl::load`, `special_eog_ids`. It goes by spelling too,
  ///   because a file names only one token as `eos_token_id`: Phi-3's names `<|endoftext|>`, but its
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

  /// Spellings that are control tokens whatever type the file gives them.
  ///
  /// - Source: llama.cpp `llama_vocab::impl::load`, `special_fim_*_id`.
  static let controlSpellings: Set<String> = [
    "<s>", "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<PRE>", "\u{2581}<PRE>",
    "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<SUF>", "\u{2581}<SUF>", "<|fim_middle|>",
    "<fim-middle>", "<fim_middle>", "<MID>", "\u{2581}<MID>", "\u{2581}<EOT>",
  ]

  /// User-defined tokens that delimit reasoning and tool calls.
  ///
  /// - Source: `added_tokens_decoder` in the `tokenizer_config.json` of Qwen3 and Qwen2.5.
  static let markupSpellings: Set<String> = [
    "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
  ]

  /// Marks all tokens that are structure by id or by spelling as control tokens, and finds the ends
  /// of a generation and the markup.
  mutating func classify(_ vocabulary: inout TokenVocabulary) {
    for id in [bos, eos, endOfTurn, endOfMessage].compactMap(\.self) {
      vocabulary.kinds[Int(id)] = .control
    }
    if let unknown { vocabulary.kinds[Int(unknown)] = .unknown }
    let hasTags = !namesSentenceMarks(vocabulary)
    endOfGeneration = Set([eos, endOfTurn, endOfMessage].compactMap(\.self))
    for id in 0..<vocabulary.count where Self.mayMatch(vocabulary.spellings.bytes(at: id)) {
      let spelling = vocabulary.spellings[id]
      let isUserDefined = vocabulary.kinds[id] == .userDefined
      if hasTags, isUserDefined, Self.sentenceMarks.contains(spelling) { continue }
      let isEnd = Self.endSpellings.contains(spelling)
      if isEnd { endOfGeneration.insert(Int32(id)) }
      // Some files type added tokens such as <|im_start|> as user-defined. A document must not be
      // able to open a turn with them.
      let isTurnMark =
        isUserDefined
        && (spelling.hasPrefix("<|") || spelling == "[INST]" || spelling == "[/INST]")
      if isEnd || isTurnMark || Self.controlSpellings.contains(spelling) {
        vocabulary.kinds[id] = .control
      } else if isUserDefined, Self.markupSpellings.contains(spelling) {
        markup.insert(Int32(id))
      }
    }
  }

  /// `<s>` and `</s>`: begin and end of a sequence in most vocabularies, HTML's tags in Gemma's.
  private static let sentenceMarks: Set<String> = ["<s>", "</s>"]

  /// Whether the file names `<s>` or `</s>` as begin or end of a sequence.
  ///
  /// Otherwise user-defined pieces of these spellings are text, as in sentencepiece. llama.cpp ends a
  /// generation of Gemma 3 at the tag `</s>`, and makes an exception for Gemma 4.
  private func namesSentenceMarks(_ vocabulary: TokenVocabulary) -> Bool {
    let named = [bos, eos].compactMap(\.self)
    return named.isEmpty
      || named.contains { Self.sentenceMarks.contains(vocabulary.spellings[Int($0)]) }
  }

  /// Rejects most tokens by their first and last byte, so that they need no `String`.
  private static func mayMatch(_ spelling: ArraySlice<UInt8>) -> Bool {
    guard let first = spelling.first, let last = spelling.last else { return false }
    return
      (first == UInt8(ascii: "<") || first == UInt8(ascii: "[") || first == UInt8(ascii: "_")
      || first == 0xE2)
      && (last == UInt8(ascii: ">") || last == UInt8(ascii: "]"))
  }

  /// Finds the tokens that strip white space after them: in Phi-3, all special tokens except three.
  ///
  /// GGUF files do not store Hugging Face's `rstrip`, so the model's name decides.
  ///
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
