internal import Checkpoints

/// Builds the parts of a `LanguageTokenizer` from GGUF metadata and validates every entry.
struct GGUFTokenizerReader {
  typealias Key = LanguageTokenizer.GGUFKey
  let metadata: Metadata
  /// The file's name, for errors.
  let source: String

  /// Reads and checks all entries.
  ///
  /// - Throws: `TokenizerError` for the first entry that is missing, invalid or unsupported.
  func parts() throws(TokenizerError) -> LanguageTokenizerParts {
    let model = try model()
    var notes: [String] = []
    var vocabulary = try vocabulary(model, &notes)
    let isSentencePiece = model == .sentencePiece
    var control = try controlTokens(vocabulary, isSentencePiece: isSentencePiece)
    control.classify(&vocabulary)
    let modelName = try read { () throws(CheckpointError) in try metadata.string(Key.name) }
    control.findStripping(vocabulary, modelName: modelName ?? "")
    let byteTokens = try byteTokens(vocabulary, model)
    vocabulary.decoded = LanguageTokenizer.decodedTokens(vocabulary, model)

    let algorithm: LanguageTokenizer.Algorithm
    var addsBOS = isSentencePiece
    switch model {
    case .sentencePiece:
      algorithm = .sentencePiece(
        SentencePieceModel(vocabulary, byteTokens: byteTokens, unknown: control.unknown))
    case .byteLevel:
      let byteLevel = try byteLevelModel(vocabulary, byteTokens, &notes)
      // llama.cpp ties both defaults to the same pre-tokenizer names.
      addsBOS = byteLevel.wholeWords != nil
      algorithm = .byteLevel(byteLevel)
    }
    addsBOS = try flag(Key.addsBOS) ?? addsBOS
    let addsEOS = try flag(Key.addsEOS) ?? false
    try require(control.bos, if: addsBOS, Key.addsBOS, Key.bos)
    try require(control.eos, if: addsEOS, Key.addsEOS, Key.eos)
    return LanguageTokenizerParts(
      model: model, vocabulary: vocabulary, control: control, addsBOS: addsBOS, addsEOS: addsEOS,
      addsSpacePrefix: isSentencePiece ? try flag(Key.addsSpacePrefix) ?? true : false,
      algorithm: algorithm, notes: notes)
  }

  private func model() throws(TokenizerError) -> LanguageTokenizer.Model {
    let name = try required(Key.model, "a string") { () throws(CheckpointError) in
      try metadata.string(Key.model)
    }
    guard let model = LanguageTokenizer.Model(rawValue: name) else {
      throw .unsupported(
        entry: Key.model, found: name, supported: "llama (SentencePiece), gpt2 (byte-level BPE)",
        source: source)
    }
    return model
  }

  /// The ids that the file names.
  ///
  /// SentencePiece's own ids are the defaults of its vocabularies; byte-level vocabularies have none.
  private func controlTokens(
    _ vocabulary: TokenVocabulary, isSentencePiece: Bool
  ) throws(TokenizerError) -> ControlTokens {
    var control = ControlTokens()
    control.bos = try id(Key.bos, vocabulary, default: isSentencePiece ? 1 : nil)
    control.eos = try id(Key.eos, vocabulary, default: isSentencePiece ? 2 : nil)
    control.unknown = try id(Key.unknown, vocabulary, default: isSentencePiece ? 0 : nil)
    control.endOfTurn = try id(Key.endOfTurn, vocabulary, default: nil)
    control.endOfMessage = try id(Key.endOfMessage, vocabulary, default: nil)
    return control
  }

  // MARK: Entries

  private func id(
    _ key: String, _ vocabulary: TokenVocabulary, default standard: Int?
  ) throws(TokenizerError) -> Int32? {
    let value = try read { () throws(CheckpointError) in try metadata.integer(key) }
    guard let value else {
      return standard.flatMap { $0 < vocabulary.count ? Int32($0) : nil }
    }
    guard value >= 0, value < vocabulary.count else {
      throw invalid(key, "\(value) is outside the \(vocabulary.count) tokens")
    }
    return Int32(value)
  }

  private func flag(_ key: String) throws(TokenizerError) -> Bool? {
    try read { () throws(CheckpointError) in try metadata.bool(key) }
  }

  private func require(
    _ id: Int32?, if isNeeded: Bool, _ flagKey: String, _ idKey: String
  ) throws(TokenizerError) {
    if isNeeded, id == nil { throw invalid(flagKey, "is true, but there is no \(idKey)") }
  }

  /// An error about an entry that is present but unusable.
  func invalid(_ entry: String, _ reason: String) -> TokenizerError {
    .invalid(entry: entry, reason: reason, source: source)
  }

  /// The value that `body` reads, or `TokenizerError.missing`.
  func required<Value>(
    _ key: String, _ expected: String, _ body: () throws(CheckpointError) -> Value?
  ) throws(TokenizerError) -> Value {
    guard let value = try read(body) else {
      throw .missing(entry: key, expected: expected, source: source)
    }
    return value
  }

  /// Runs `body` and maps an error about metadata to `TokenizerError.unreadable`.
  func read<Value>(
    _ body: () throws(CheckpointError) -> Value
  ) throws(TokenizerError) -> Value {
    try TokenizerFile.readMetadata(source, body)
  }
}
