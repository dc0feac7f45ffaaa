internal import Checkpoints

/// A part of a prompt, distinguished by its author.
package enum PromptSegment: Sendable, Equatable {
  /// A token by its id.
  case token(Int32)
  /// Text of a chat template: spellings of special tokens become those tokens.
  case template(String)
  /// Text of a user or a document. It is data: no spelling in it becomes a special token.
  case content(String)
}

/// The tokenizer of a language model: SentencePiece BPE or byte-level BPE.
///
/// Text becomes special tokens (control, unknown) only where the caller allows it; a document that
/// contains "</s>" gets the ids of those four characters. This is stricter than llama.cpp, which can
/// merge plain text into a control token whose pieces are in the vocabulary.
///
/// - Source: parity with sentencepiece (`bpe_model.cc`, `sentencepiece_processor.cc`), Hugging Face
///   `tokenizers` (`ByteLevel`, `BPE`, `NFC`) and llama.cpp `src/llama-vocab.cpp`. The page
///   Tokenizers lists the deviations.
/// - Complexity: `encode` is O(bytes) for ordinary words, O(n log n) for a word of n characters.
package final class LanguageTokenizer: Sendable {
  /// The algorithm; raw values are those of `tokenizer.ggml.model`.
  package enum Model: String, Sendable, CaseIterable {
    /// SentencePiece BPE: Llama, Mistral, Phi-3, Gemma 3.
    case sentencePiece = "llama"
    /// Byte-level BPE: GPT-2, Llama 3, Qwen2, Qwen3, SmolLM2.
    case byteLevel = "gpt2"
  }

  /// The tables of the algorithm.
  enum Algorithm: Sendable {
    case sentencePiece(SentencePieceModel)
    case byteLevel(ByteLevelModel)
  }

  /// The algorithm of this vocabulary.
  package let model: Model
  /// Spellings, kinds and decoded bytes of all tokens.
  package let vocabulary: TokenVocabulary
  /// Begin of sequence, `<s>`.
  package let bos: Int32?
  /// End of sequence, `</s>`.
  package let eos: Int32?
  /// Replaces text that the vocabulary cannot spell, `<unk>`.
  package let unknown: Int32?
  /// Whether the model expects `bos` before a prompt.
  package let addsBOS: Bool
  /// Whether the model expects `eos` after a prompt; false in every chat model.
  package let addsEOS: Bool
  /// Whether SentencePiece's dummy space is put before a text and after special tokens.
  package let addsSpacePrefix: Bool
  /// Tokens that end a generation.
  package let endOfGeneration: Set<Int32>
  /// Defaults that were assumed for missing entries, one sentence each.
  package let notes: [String]

  let algorithm: Algorithm
  /// Matches the tokens that template text may spell: control and unknown tokens, and the
  /// user-defined tokens of byte-level BPE.
  let templateMatcher: TokenSpellingMatcher
  /// Matches the tokens that contents may spell: user-defined tokens of byte-level BPE without
  /// markup such as `<think>`. (`SentencePieceModel` matches its own user-defined tokens.)
  let contentMatcher: TokenSpellingMatcher
  /// Special tokens after which white space is dropped (Phi-3).
  let strippingTokens: Set<Int32>

  init(parts: LanguageTokenizerParts) {
    model = parts.model
    vocabulary = parts.vocabulary
    bos = parts.control.bos
    eos = parts.control.eos
    unknown = parts.control.unknown
    addsBOS = parts.addsBOS
    addsEOS = parts.addsEOS
    addsSpacePrefix = parts.addsSpacePrefix
    endOfGeneration = parts.control.endOfGeneration
    notes = parts.notes
    algorithm = parts.algorithm
    strippingTokens = parts.control.stripping
    let isByteLevel = parts.model == .byteLevel
    templateMatcher = TokenSpellingMatcher(parts.vocabulary) { _, kind in
      kind == .control || kind == .unknown || (isByteLevel && kind == .userDefined)
    }
    contentMatcher = TokenSpellingMatcher(parts.vocabulary) { id, kind in
      isByteLevel && kind == .userDefined && !parts.control.markup.contains(id)
    }
  }

  /// Number of token ids, which is the number of a model's logits.
  package var vocabularyCount: Int { vocabulary.count }

  /// The ids of a text, without `bos`.
  ///
  /// - Parameters:
  ///   - text: any text. Bytes that were not UTF-8 are U+FFFD in a `String`.
  ///   - parsesSpecial: whether spellings of special tokens become those tokens. False for
  ///     everything that a user or a document wrote.
  ///   - isStart: whether the text begins a sequence or follows a special token, where some models
  ///     expect a space prefix.
  /// - Returns: ids; none for an empty text.
  package func encode(_ text: String, parsesSpecial: Bool = false, isStart: Bool = true) -> [Int32]
  {
    encode([parsesSpecial ? .template(text) : .content(text)], isStart: isStart)
  }

  /// The ids of a prompt that consists of several segments.
  ///
  /// Neighbouring texts are tokenised as one text: "[INST] " and the question after it may share a
  /// token. Special tokens are recognised neither across the border of two segments nor in contents.
  package func encode(_ segments: [PromptSegment], isStart: Bool = true) -> [Int32] {
    var encoder = FragmentEncoder(tokenizer: self, isStart: isStart)
    for segment in segments {
      switch segment {
      case .token(let id): encoder.append(token: id)
      case .template(let text): encoder.append(text, matcher: templateMatcher)
      case .content(let text): encoder.append(text, matcher: contentMatcher)
      }
    }
    return encoder.finish()
  }

  /// The bytes that a token contributes to a text; they may end within a character.
  ///
  /// - Parameters:
  ///   - id: a token id; it may be outside the vocabulary.
  ///   - showsSpecial: whether control and unknown tokens yield their spelling instead of nothing.
  /// - Returns: no bytes for an id outside the vocabulary.
  package func bytes(of id: Int32, showsSpecial: Bool = false) -> ArraySlice<UInt8> {
    guard id >= 0, Int(id) < vocabulary.count else { return [] }
    if !showsSpecial && vocabulary.isSpecial(Int(id)) { return [] }
    return vocabulary.decoded.bytes(at: Int(id))
  }

  /// The text of a sequence of ids; `TokenTextDecoder` decodes one id at a time.
  package func decode(_ ids: some Sequence<Int32>, showsSpecial: Bool = false) -> String {
    var decoder = TokenTextDecoder(tokenizer: self, showsSpecial: showsSpecial)
    var text = ""
    for id in ids { text += decoder.append(id) }
    return text + decoder.finish()
  }

  /// The id of the token with that spelling in the file; a linear search.
  package func id(ofSpelling spelling: String) -> Int32? {
    let bytes = Array(spelling.utf8)
    return vocabulary.spellings.indices.first {
      vocabulary.spellings.bytes(at: $0).elementsEqual(bytes)
    }.map(Int32.init)
  }
}

/// The parts of a `LanguageTokenizer` that a reader of a file format supplies.
struct LanguageTokenizerParts {
  var model: LanguageTokenizer.Model
  var vocabulary: TokenVocabulary
  var control: ControlTokens
  var addsBOS: Bool
  var addsEOS: Bool
  var addsSpacePrefix: Bool
  var algorithm: LanguageTokenizer.Algorithm
  var notes: [String]
}
