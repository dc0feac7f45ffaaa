// The checks between a GGUF file's metadata and a tokenizer.
internal import Checkpoints

/// Reads a vocabulary out of GGUF metadata, checking as it goes.
struct GGUFTokenizerReader {
  typealias Key = LanguageTokenizer.GGUFKey
  let metadata: Metadata
  let source: String

  func parts() throws(TokenizerError) -> LanguageTokenizerParts {
    let name = try required(Key.model, "a string") { () throws(CheckpointError) in
      try metadata.string(Key.model)
    }
    guard let model = LanguageTokenizer.Model(rawValue: name) else {
      throw .unsupported(
        entry: Key.model, found: name, supported: "llama (SentencePiece), gpt2 (byte-level BPE)",
        source: source)
    }
    var notes: [String] = []
    var vocabulary = try vocabulary(model, &notes)
    let isSentencePiece = model == .sentencePiece
    var special = SpecialTokens()
    // SentencePiece's own ids are the defaults of its vocabularies; byte-level ones have none.
    special.bos = try id(Key.bos, vocabulary, default: isSentencePiece ? 1 : nil)
    special.eos = try id(Key.eos, vocabulary, default: isSentencePiece ? 2 : nil)
    special.unknown = try id(Key.unknown, vocabulary, default: isSentencePiece ? 0 : nil)
    special.endOfTurn = try id(Key.endOfTurn, vocabulary, default: nil)
    special.endOfMessage = try id(Key.endOfMessage, vocabulary, default: nil)
    special.classify(&vocabulary)
    let modelName = try read { () throws(CheckpointError) in try metadata.string(Key.name) }
    special.findStripping(vocabulary, modelName: modelName ?? "")
    let byteTokens = try byteTokens(vocabulary, model)
    vocabulary.decoded = LanguageTokenizer.decodedTokens(vocabulary, model)

    let algorithm: LanguageTokenizer.Algorithm
    var addsBOS = isSentencePiece
    switch model {
    case .sentencePiece:
      algorithm = .sentencePiece(
        SentencePieceModel(vocabulary, byteTokens: byteTokens, unknown: special.unknown))
    case .byteLevel:
      let (preTokenizer, ignoresMerges) = try preTokenizer(&notes)
      addsBOS = ignoresMerges
      algorithm = .byteLevel(
        try byteLevelModel(vocabulary, byteTokens, preTokenizer, ignoresMerges: ignoresMerges))
    }
    addsBOS = try flag(Key.addsBOS) ?? addsBOS
    let addsEOS = try flag(Key.addsEOS) ?? false
    try require(special.bos, if: addsBOS, Key.addsBOS, Key.bos)
    try require(special.eos, if: addsEOS, Key.addsEOS, Key.eos)
    return LanguageTokenizerParts(
      model: model, vocabulary: vocabulary, special: special, addsBOS: addsBOS, addsEOS: addsEOS,
      addsSpacePrefix: isSentencePiece ? try flag(Key.addsSpacePrefix) ?? true : false,
      algorithm: algorithm, notes: notes)
  }

  // MARK: The vocabulary

  private func vocabulary(
    _ model: LanguageTokenizer.Model, _ notes: inout [String]
  ) throws(TokenizerError) -> TokenVocabulary {
    let tokens = try required(Key.tokens, "an array of strings") { () throws(CheckpointError) in
      try metadata.strings(Key.tokens)
    }
    try checkSizes(tokens)
    var scores: [Float] = []
    if model == .sentencePiece {
      scores = try required(Key.scores, "an array of numbers") { () throws(CheckpointError) in
        try metadata.floats(Key.scores)
      }
      guard scores.count == tokens.count else {
        throw invalid(Key.scores, "\(scores.count) scores for \(tokens.count) tokens")
      }
      if let index = scores.firstIndex(where: \.isNaN) {
        throw invalid(Key.scores, "the score of token \(index) is not a number")
      }
    }
    let kinds = try kinds(tokens, &notes)
    return TokenVocabulary(spellings: tokens, kinds: kinds, scores: scores)
  }

  private func checkSizes(_ tokens: StringArray) throws(TokenizerError) {
    guard !tokens.isEmpty else { throw invalid(Key.tokens, "there are no tokens") }
    guard tokens.count <= VocabularyLimits.tokenCount else {
      throw invalid(
        Key.tokens, "\(tokens.count) tokens, the limit is \(VocabularyLimits.tokenCount)")
    }
    for index in tokens.indices
    where tokens.bytes(at: index).count > VocabularyLimits.tokenByteCount {
      throw invalid(
        Key.tokens,
        "token \(index) has \(tokens.bytes(at: index).count) bytes, the limit is "
          + "\(VocabularyLimits.tokenByteCount)")
    }
    guard tokens.byteCount <= VocabularyLimits.totalByteCount else {
      throw invalid(
        Key.tokens,
        "\(tokens.byteCount) bytes in all tokens, the limit is \(VocabularyLimits.totalByteCount)")
    }
    // Two ids for one spelling would make the ids of a text ambiguous; llama.cpp refuses them too.
    var seen = ByteTrie(expectedNodeCount: tokens.byteCount)
    for index in tokens.indices where !tokens.bytes(at: index).isEmpty {
      if let first = seen.value(of: tokens.bytes(at: index)) {
        throw invalid(Key.tokens, "tokens \(first) and \(index) are spelled the same")
      }
      seen.insert(tokens.bytes(at: index), value: Int32(index))
    }
  }

  private func kinds(
    _ tokens: StringArray, _ notes: inout [String]
  ) throws(TokenizerError) -> [TokenKind] {
    let types = try read { () throws(CheckpointError) in try metadata.integers(Key.tokenTypes) }
    guard let types else {
      notes.append("\(Key.tokenTypes) is missing; tokens spelled <0xNN> count as bytes")
      return tokens.indices.map {
        LanguageTokenizer.byte(ofSpelling: tokens.bytes(at: $0)) == nil ? .normal : .byte
      }
    }
    guard types.count == tokens.count else {
      throw invalid(Key.tokenTypes, "\(types.count) types for \(tokens.count) tokens")
    }
    var kinds: [TokenKind] = []
    kinds.reserveCapacity(types.count)
    for (index, type) in types.enumerated() {
      guard let kind = TokenKind(rawValue: type) else {
        throw invalid(Key.tokenTypes, "token \(index) has type \(type), expected 0 to 6")
      }
      kinds.append(kind)
    }
    return kinds
  }

  /// The token of each byte, or -1: tokens spelled `<0xNN>`, or the one-byte tokens of byte-level
  /// BPE.
  private func byteTokens(
    _ vocabulary: TokenVocabulary, _ model: LanguageTokenizer.Model
  ) throws(TokenizerError) -> [Int32] {
    var tokens = [Int32](repeating: -1, count: 256)
    for id in 0..<vocabulary.count {
      let spelling = vocabulary.spellings.bytes(at: id)
      switch (model, vocabulary.kinds[id]) {
      case (_, .byte):
        guard let byte = LanguageTokenizer.byte(ofSpelling: spelling) else {
          throw invalid(Key.tokens, "token \(id) has the type of a byte but is not spelled <0xNN>")
        }
        if model == .sentencePiece, tokens[Int(byte)] < 0 { tokens[Int(byte)] = Int32(id) }
      case (.byteLevel, .normal), (.byteLevel, .undefined), (.byteLevel, .unused):
        guard spelling.count <= 2, let bytes = ByteCharacters.decode(spelling), bytes.count == 1
        else { continue }
        tokens[Int(bytes[0])] = Int32(id)
      default: continue
      }
    }
    return tokens
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

  func invalid(_ entry: String, _ reason: String) -> TokenizerError {
    .invalid(entry: entry, reason: reason, source: source)
  }

  func required<Value>(
    _ key: String, _ expected: String, _ body: () throws(CheckpointError) -> Value?
  ) throws(TokenizerError) -> Value {
    guard let value = try read(body) else {
      throw .missing(entry: key, expected: expected, source: source)
    }
    return value
  }

  /// Turns an error about metadata into one about the tokenizer.
  func read<Value>(
    _ body: () throws(CheckpointError) -> Value
  ) throws(TokenizerError) -> Value {
    do throws(CheckpointError) {
      return try body()
    } catch {
      throw .unreadable(source: source, reason: error.problem.description)
    }
  }
}
