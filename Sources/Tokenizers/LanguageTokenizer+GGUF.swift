package import Checkpoints

extension LanguageTokenizer {
  /// Creates the tokenizer of a language model's GGUF file.
  ///
  /// Every array is checked against the number of tokens, every id against the vocabulary and every
  /// size against `VocabularyLimits`; inconsistent metadata is an error.
  ///
  /// - Source: llama.cpp `llama_vocab::impl::load`; the page Tokenizers lists the deviations.
  /// - Parameters:
  ///   - metadata: keys `tokenizer.ggml.*` and `general.name`.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError` when an entry is missing, invalid or unsupported.
  /// - Complexity: O(bytes of the vocabulary); about 30 ms for 32,000 pieces.
  package convenience init(ggufMetadata metadata: Metadata, source: String) throws(TokenizerError) {
    let reader = GGUFTokenizerReader(metadata: metadata, source: source)
    try self.init(parts: reader.parts())
  }

  /// The metadata keys of a language model's vocabulary.
  ///
  /// - Source: gguf-py 0.19.0, `constants.Keys.Tokenizer`.
  package enum GGUFKey {
    package static let model = "tokenizer.ggml.model"
    package static let pre = "tokenizer.ggml.pre"
    package static let tokens = "tokenizer.ggml.tokens"
    package static let scores = "tokenizer.ggml.scores"
    package static let tokenTypes = "tokenizer.ggml.token_type"
    package static let merges = "tokenizer.ggml.merges"
    package static let bos = "tokenizer.ggml.bos_token_id"
    package static let eos = "tokenizer.ggml.eos_token_id"
    package static let endOfTurn = "tokenizer.ggml.eot_token_id"
    package static let endOfMessage = "tokenizer.ggml.eom_token_id"
    package static let unknown = "tokenizer.ggml.unknown_token_id"
    package static let addsBOS = "tokenizer.ggml.add_bos_token"
    package static let addsEOS = "tokenizer.ggml.add_eos_token"
    package static let addsSpacePrefix = "tokenizer.ggml.add_space_prefix"
    package static let chatTemplate = "tokenizer.chat_template"
    package static let architecture = "general.architecture"
    package static let name = "general.name"
  }
}
