// Text to the ids of a language model and back, with the vocabulary of its GGUF file.
internal import Checkpoints

/// A part of a prompt, by who wrote it.
package enum PromptSegment: Sendable, Equatable {
  /// A token by its id.
  case token(Int32)
  /// Text of a chat template: spellings of special tokens become those tokens.
  case template(String)
  /// Text of a user or a document: data, whatever it spells.
  case content(String)
}

/// The tokenizer of a language model: SentencePiece BPE or byte-level BPE.
///
/// A text becomes special tokens (control, unknown) only where the caller says that it may; a
/// document that spells "</s>" gets the ids of those four characters. That is stricter than
/// llama.cpp, which can merge plain text into a control token whose pieces are in the vocabulary.
///
/// - Source: parity with sentencepiece (`bpe_model.cc`, `sentencepiece_processor.cc`), Hugging Face
///   `tokenizers` (`ByteLevel`, `BPE`) and llama.cpp `src/llama-vocab.cpp`; see the page Tokenizers.
/// - Complexity: `encode` is O(bytes) for text of words, O(n log n) for one word of n characters.
package final class LanguageTokenizer: Sendable {
  /// The kinds of tokenizer, under the names that `tokenizer.ggml.model` gives them.
  package enum Model: String, Sendable, CaseIterable {
    /// SentencePiece BPE: Llama, Mistral, Phi-3.
    case sentencePiece = "llama"
    /// Byte-level BPE: GPT-2, Llama 3, Qwen 2.
    case byteLevel = "gpt2"
  }

  enum Algorithm: Sendable {
    case sentencePiece(SentencePieceModel)
    case byteLevel(ByteLevelModel)
  }

  package let model: Model
  package let vocabulary: TokenVocabulary
  /// Beginning of a sequence, `<s>`.
  package let bos: Int32?
  /// End of a sequence, `</s>`.
  package let eos: Int32?
  package let unknown: Int32?
  /// Whether the model expects `bos` before a prompt.
  package let addsBOS: Bool
  /// Whether the model expects `eos` after a prompt; false in every chat model.
  package let addsEOS: Bool
  /// Whether a text gets a space before it (and after a special token), as SentencePiece adds one.
  package let addsSpacePrefix: Bool
  /// Tokens after which nothing more is generated.
  package let endOfGeneration: Set<Int32>
  /// What was assumed where the file is silent, one sentence each.
  package let notes: [String]

  let algorithm: Algorithm
  /// What templates match: control and unknown tokens, and user-defined ones of byte-level BPE.
  let templateMatcher: SpecialTokenMatcher
  /// What contents match: user-defined tokens of byte-level BPE. (SentencePiece matches its own.)
  let contentMatcher: SpecialTokenMatcher
  /// Special tokens that swallow the white space after them (Phi-3).
  let strippingTokens: Set<Int32>

  init(parts: LanguageTokenizerParts) {
    model = parts.model
    vocabulary = parts.vocabulary
    bos = parts.special.bos
    eos = parts.special.eos
    unknown = parts.special.unknown
    addsBOS = parts.addsBOS
    addsEOS = parts.addsEOS
    addsSpacePrefix = parts.addsSpacePrefix
    endOfGeneration = parts.special.endOfGeneration
    notes = parts.notes
    algorithm = parts.algorithm
    strippingTokens = parts.special.stripping
    let isByteLevel = parts.model == .byteLevel
    templateMatcher = SpecialTokenMatcher(parts.vocabulary) { kind in
      kind == .control || kind == .unknown || (isByteLevel && kind == .userDefined)
    }
    contentMatcher = SpecialTokenMatcher(parts.vocabulary) { kind in
      isByteLevel && kind == .userDefined
    }
  }

  /// Number of ids; a model's logits have as many columns.
  package var vocabularyCount: Int { vocabulary.count }

  /// The ids of a text.
  ///
  /// `bos` is not added.
  ///
  /// - Parameters:
  ///   - text: any text. Text that was not UTF-8 has U+FFFD in it by the time it is a `String`.
  ///   - parsesSpecial: whether spellings of special tokens become those tokens. False for
  ///     everything that a user or a document wrote.
  ///   - isStart: whether the text begins a sequence or follows a special token, so that it gets
  ///     the space prefix where the model has one.
  /// - Returns: ids, none for an empty text.
  package func encode(_ text: String, parsesSpecial: Bool = false, isStart: Bool = true) -> [Int32]
  {
    encode([parsesSpecial ? .template(text) : .content(text)], isStart: isStart)
  }

  /// The ids of a prompt of several segments.
  ///
  /// Neighbouring texts are tokenised as one text, so "[INST] " and the question after it may share
  /// a token, but no special token is recognised across the border of two segments or in contents.
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
  ///   - id: a token's id, of the vocabulary or not.
  ///   - showsSpecial: whether control and unknown tokens appear as they are spelled, and not as
  ///     nothing.
  /// - Returns: nothing for an id outside the vocabulary.
  package func bytes(of id: Int32, showsSpecial: Bool = false) -> ArraySlice<UInt8> {
    guard id >= 0, Int(id) < vocabulary.count else { return [] }
    if !showsSpecial && vocabulary.isSpecial(Int(id)) { return [] }
    return vocabulary.decoded.bytes(at: Int(id))
  }

  /// The text of whole ids; see `TokenTextDecoder` for one id after another.
  package func decode(_ ids: some Sequence<Int32>, showsSpecial: Bool = false) -> String {
    var decoder = TokenTextDecoder(tokenizer: self, showsSpecial: showsSpecial)
    var text = ""
    for id in ids { text += decoder.append(id) }
    return text + decoder.finish()
  }

  /// The id of a token by its spelling in the file; a linear search.
  package func id(ofSpelling spelling: String) -> Int32? {
    let bytes = Array(spelling.utf8)
    return vocabulary.spellings.indices.first {
      vocabulary.spellings.bytes(at: $0).elementsEqual(bytes)
    }.map(Int32.init)
  }
}

/// What a loader found out, for `LanguageTokenizer.init(parts:)`.
struct LanguageTokenizerParts {
  var model: LanguageTokenizer.Model
  var vocabulary: TokenVocabulary
  var special: SpecialTokens
  var addsBOS: Bool
  var addsEOS: Bool
  var addsSpacePrefix: Bool
  var algorithm: LanguageTokenizer.Algorithm
  var notes: [String]
}
