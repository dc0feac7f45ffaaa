internal import Bytes
internal import Glibc

extension WordPieceTokenizer {
  /// Creates a tokenizer from a Hugging Face model directory.
  ///
  /// Reads `tokenizer.json`, or `vocab.txt` with `tokenizer_config.json` if it does not exist.
  /// Truncation and padding in `tokenizer.json` are ignored: `sentence_bert_config.json` has the
  /// limit of a sentence embedding model.
  ///
  /// - Parameter directory: the directory's path.
  /// - Returns: the tokenizer.
  /// - Throws: `TokenizerError` naming the file and the entry.
  package static func load(directory: String) throws(TokenizerError) -> WordPieceTokenizer {
    let path = directory + "/tokenizer.json"
    if let bytes = try TokenizerFile.contents(path, isRequired: false) {
      return try WordPieceTokenizer(tokenizerJSON: bytes, source: path)
    }
    let vocabularyPath = directory + "/vocab.txt"
    let vocabulary = try TokenizerFile.contents(vocabularyPath, isRequired: true) ?? []
    let configurationPath = directory + "/tokenizer_config.json"
    let configuration = try TokenizerFile.contents(configurationPath, isRequired: false)
    let json = try configuration.map { (bytes) throws(TokenizerError) in
      try TokenizerFile.parse(bytes, source: configurationPath)
    }
    return try WordPieceTokenizer(
      vocabularyText: vocabulary,
      normalization: BERTNormalization(
        splitsIdeographs: json?["tokenize_chinese_chars"]?.boolValue ?? true,
        stripsAccents: json?["strip_accents"]?.boolValue,
        lowercases: json?["do_lower_case"]?.boolValue ?? true),
      source: vocabularyPath)
  }

  /// Creates a tokenizer from the content of a `tokenizer.json`.
  ///
  /// Reads "model" (vocabulary, unknown token, word limit) and the switches of "normalizer".
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError`; `.unsupported` for other models, normalisers or pre-tokenizers.
  package init(tokenizerJSON bytes: [UInt8], source: String) throws(TokenizerError) {
    try self.init(tokenizerJSON: TokenizerFile.parse(bytes, source: source), source: source)
  }

  /// Creates a tokenizer from a parsed `tokenizer.json`.
  init(tokenizerJSON json: JSONValue, source: String) throws(TokenizerError) {
    try TokenizerFile.require(json["model"]?["type"], "model.type", "WordPiece", source: source)
    try TokenizerFile.require(
      json["normalizer"]?["type"], "normalizer.type", "BertNormalizer", source: source)
    try TokenizerFile.require(
      json["pre_tokenizer"]?["type"], "pre_tokenizer.type", "BertPreTokenizer", source: source)
    if let prefix = json["model"]?["continuing_subword_prefix"]?.stringValue, prefix != "##" {
      throw .unsupported(
        entry: "model.continuing_subword_prefix", found: prefix, supported: "##", source: source)
    }
    let pieces = try Self.pieces(json["model"]?["vocab"], source: source)
    let normalizer = json["normalizer"]
    try self.init(
      pieces: pieces,
      specialTokens: Self.usualSpecialTokens(in: pieces, source: source),
      normalization: BERTNormalization(
        cleansText: normalizer?["clean_text"]?.boolValue ?? true,
        splitsIdeographs: normalizer?["handle_chinese_chars"]?.boolValue ?? true,
        stripsAccents: normalizer?["strip_accents"]?.boolValue,
        lowercases: normalizer?["lowercase"]?.boolValue ?? true),
      maximumWordScalarCount: json["model"]?["max_input_chars_per_word"]?.integerValue ?? 100,
      source: source)
  }

  /// The vocabulary, an object of pieces and ids, as an array by id; every id must occur once.
  private static func pieces(
    _ vocabulary: JSONValue?, source: String
  ) throws(TokenizerError) -> [[UInt8]] {
    let entry = "model.vocab"
    guard let members = vocabulary?.members else {
      throw .missing(entry: entry, expected: "an object", source: source)
    }
    var pieces = [[UInt8]?](repeating: nil, count: members.count)
    for member in members {
      guard let id = member.value.integerValue, pieces.indices.contains(id), pieces[id] == nil
      else {
        throw .invalid(
          entry: "\(entry).\(member.key)",
          reason: "ids must be 0 to \(members.count - 1), each once", source: source)
      }
      pieces[id] = Array(member.key.utf8)
    }
    return pieces.compactMap(\.self)
  }
}
