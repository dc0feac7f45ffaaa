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
    if let bytes = try contents(path, isRequired: false) {
      return try WordPieceTokenizer(tokenizerJSON: bytes, source: path)
    }
    let vocabularyPath = directory + "/vocab.txt"
    let vocabulary = try contents(vocabularyPath, isRequired: true) ?? []
    let configurationPath = directory + "/tokenizer_config.json"
    let configuration = try contents(configurationPath, isRequired: false)
    let json = try configuration.map { (bytes) throws(TokenizerError) in
      try parse(bytes, source: configurationPath)
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
    let json = try Self.parse(bytes, source: source)
    try Self.require(json["model"]?["type"], "model.type", "WordPiece", source: source)
    try Self.require(
      json["normalizer"]?["type"], "normalizer.type", "BertNormalizer", source: source)
    try Self.require(
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

  private static func require(
    _ value: JSONValue?, _ entry: String, _ supported: String, source: String
  ) throws(TokenizerError) {
    guard let found = value?.stringValue else {
      throw .missing(entry: entry, expected: "a string", source: source)
    }
    if found != supported {
      throw .unsupported(entry: entry, found: found, supported: supported, source: source)
    }
  }

  private static func parse(
    _ bytes: [UInt8], source: String
  ) throws(TokenizerError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      throw .unreadable(source: source, reason: error.description)
    }
  }

  /// The content of a file; nil when an optional file does not exist.
  private static func contents(
    _ path: String, isRequired: Bool
  ) throws(TokenizerError) -> [UInt8]? {
    do throws(BytesError) {
      let file = try MappedFile(path: path)
      return try file.copyBytes(0..<file.byteCount)
    } catch {
      if !isRequired, case .system(_, _, ENOENT) = error { return nil }
      throw .unreadable(source: path, reason: error.description)
    }
  }
}
