internal import Bytes
package import Checkpoints

/// The tokenizer of a sentence encoder, of either kind.
package enum SentenceTokenizer: Sendable {
  /// BERT's own.
  case wordPiece(WordPieceTokenizer)
  /// XLM-RoBERTa's, which multilingual BERTs have.
  case unigram(UnigramTokenizer)

  /// Creates the tokenizer of a Hugging Face model directory.
  ///
  /// Reads `tokenizer.json`; without it `sentencepiece.bpe.model`, and without that `vocab.txt` with
  /// `tokenizer_config.json`.
  ///
  /// - Parameter directory: the directory's path.
  /// - Returns: the tokenizer.
  /// - Throws: `TokenizerError` naming the file and the entry.
  package static func load(directory: String) throws(TokenizerError) -> SentenceTokenizer {
    let path = directory + "/tokenizer.json"
    if let bytes = try TokenizerFile.contents(path, isRequired: false) {
      let json = try TokenizerFile.parse(bytes, source: path)
      return json["model"]?["type"]?.stringValue == "Unigram"
        ? .unigram(try UnigramTokenizer(tokenizerJSON: json, source: path))
        : .wordPiece(try WordPieceTokenizer(tokenizerJSON: json, source: path))
    }
    let modelPath = directory + "/sentencepiece.bpe.model"
    if let bytes = try TokenizerFile.contents(modelPath, isRequired: false) {
      return .unigram(try UnigramTokenizer(sentencePieceModel: bytes, source: modelPath))
    }
    return .wordPiece(try WordPieceTokenizer.load(directory: directory))
  }

  /// Creates the tokenizer of a `bert` GGUF file.
  ///
  /// - Parameters:
  ///   - metadata: of the file.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError` when an entry is missing or invalid.
  package init(ggufMetadata metadata: Metadata, source: String) throws(TokenizerError) {
    let key = UnigramTokenizer.GGUFKey.model
    let model = try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in
      try metadata.required(key, metadata.string(key))
    }
    switch model {
    case UnigramTokenizer.GGUFKey.modelName:
      self = .unigram(try UnigramTokenizer(ggufMetadata: metadata, source: source))
    case "bert":
      self = .wordPiece(try WordPieceTokenizer(ggufMetadata: metadata, source: source))
    default:
      throw .unsupported(
        entry: key, found: model, supported: "bert (WordPiece), t5 (unigram)", source: source)
    }
  }

  /// The token ids of a text, not truncated.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - addSpecialTokens: whether the tokens around a text are added.
  /// - Returns: ids in the order of the text.
  package func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int32] {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.encode(text, addSpecialTokens: addSpecialTokens)
    case .unigram(let tokenizer): tokenizer.encode(text, addSpecialTokens: addSpecialTokens)
    }
  }

  /// The id of text that the vocabulary cannot spell.
  package var unknown: Int32 {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.specialTokens.unknown
    case .unigram(let tokenizer): tokenizer.specialTokens.unknown
    }
  }

  /// The spelling of an id; nil for an id outside the vocabulary.
  package func piece(_ id: Int32) -> String? {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.piece(id)
    case .unigram(let tokenizer): tokenizer.piece(id)
    }
  }

  /// The spellings of all ids, in their order.
  package var pieces: some Sequence<String> {
    (0..<Int32(vocabularyCount)).lazy.map { piece($0) ?? "" }
  }

  private var vocabularyCount: Int {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.vocabulary.count
    case .unigram(let tokenizer): tokenizer.vocabularyCount
    }
  }

  /// The entries of a GGUF file from which ``init(ggufMetadata:source:)`` creates this tokenizer.
  ///
  /// - Parameter vocabularyCount: the rows of the model's table of tokens.
  /// - Returns: keys and values.
  package func ggufMetadata(vocabularyCount: Int) -> [(key: String, value: MetadataValue)] {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.ggufMetadata
    case .unigram(let tokenizer): tokenizer.ggufMetadata(vocabularyCount: vocabularyCount)
    }
  }
}
