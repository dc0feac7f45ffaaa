package import Checkpoints

extension LanguageTokenizer {
  /// Makes the tokenizer of a language model's GGUF file.
  ///
  /// Every array is checked against the number of tokens, every id against the vocabulary, every size
  /// against `VocabularyLimits`; a file that contradicts itself gives no tokenizer.
  ///
  /// - Source: llama.cpp `llama_vocab::impl::load`; deviations are on the page Tokenizers.
  /// - Parameters:
  ///   - metadata: keys `tokenizer.ggml.*` and `general.name`.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError` when an entry is missing, unusable, or of a kind not supported.
  /// - Complexity: O(bytes of the vocabulary); about 30 ms for 32,000 pieces.
  package convenience init(ggufMetadata metadata: Metadata, source: String) throws(TokenizerError) {
    let reader = GGUFTokenizerReader(metadata: metadata, source: source)
    try self.init(parts: reader.parts())
  }

  /// The keys of a language model's vocabulary.
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

/// Reads a vocabulary out of GGUF metadata, checking as it goes.
private struct GGUFTokenizerReader {
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
    var seen: [ArraySlice<UInt8>: Int] = [:]
    seen.reserveCapacity(tokens.count)
    for index in tokens.indices where !tokens.bytes(at: index).isEmpty {
      if let first = seen.updateValue(index, forKey: tokens.bytes(at: index)) {
        throw invalid(Key.tokens, "tokens \(first) and \(index) are spelled the same")
      }
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

  // MARK: Byte-level BPE

  private func preTokenizer(
    _ notes: inout [String]
  ) throws(TokenizerError) -> (PreTokenizer, ignoresMerges: Bool) {
    let name = try read { () throws(CheckpointError) in try metadata.string(Key.pre) }
    guard let name, !name.isEmpty else {
      notes.append("\(Key.pre) is missing; words are cut as llama.cpp's 'default' does")
      return (.llamaCppDefault, false)
    }
    guard let preTokenizer = PreTokenizer(name: name) else {
      throw .unsupported(
        entry: Key.pre, found: name, supported: PreTokenizer.families, source: source)
    }
    return (preTokenizer, PreTokenizer.ignoresMerges(name: name))
  }

  private func byteLevelModel(
    _ vocabulary: TokenVocabulary, _ byteTokens: [Int32], _ preTokenizer: PreTokenizer,
    ignoresMerges: Bool
  ) throws(TokenizerError) -> ByteLevelModel {
    let lines = try required(Key.merges, "an array of strings") { () throws(CheckpointError) in
      try metadata.strings(Key.merges)
    }
    guard lines.count <= VocabularyLimits.mergeCount else {
      throw invalid(
        Key.merges, "\(lines.count) merges, the limit is \(VocabularyLimits.mergeCount)")
    }
    var ids = ByteTrie(expectedNodeCount: vocabulary.spellings.byteCount)
    for id in 0..<vocabulary.count {
      ids.insert(vocabulary.spellings.bytes(at: id), value: Int32(id))
    }
    var merges = MergeTable(expectedCount: lines.count)
    for index in lines.indices {
      let line = lines.bytes(at: index)
      guard let space = line.dropFirst().firstIndex(of: UInt8(ascii: " ")) else {
        throw invalid(Key.merges, "merge \(index) is not two tokens with a space between them")
      }
      let (first, second) = (line[..<space], line[(space + 1)...])
      guard let left = ids.value(of: first), let right = ids.value(of: second),
        let both = ids.value(of: first + second)
      else {
        throw invalid(Key.merges, "merge \(index) names a token that is not in the vocabulary")
      }
      // No text may merge into a special token.
      if vocabulary.isSpecial(Int(both)) { continue }
      merges.insert(left: left, right: right, Merge(rank: UInt32(index), symbol: both))
    }
    return ByteLevelModel(
      preTokenizer: preTokenizer, merges: merges, byteTokens: byteTokens,
      wholeWords: ignoresMerges ? wholeWords(vocabulary) : nil)
  }

  private func wholeWords(_ vocabulary: TokenVocabulary) -> ByteTrie {
    var words = ByteTrie(expectedNodeCount: vocabulary.decoded.byteCount)
    for id in 0..<vocabulary.count where vocabulary.kinds[id] == .normal {
      words.insert(vocabulary.decoded.bytes(at: id), value: Int32(id))
    }
    return words
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

  private func invalid(_ entry: String, _ reason: String) -> TokenizerError {
    .invalid(entry: entry, reason: reason, source: source)
  }

  private func required<Value>(
    _ key: String, _ expected: String, _ body: () throws(CheckpointError) -> Value?
  ) throws(TokenizerError) -> Value {
    guard let value = try read(body) else {
      throw .missing(entry: key, expected: expected, source: source)
    }
    return value
  }

  /// Turns an error about metadata into one about the tokenizer.
  private func read<Value>(
    _ body: () throws(CheckpointError) -> Value
  ) throws(TokenizerError) -> Value {
    do throws(CheckpointError) {
      return try body()
    } catch {
      throw .unreadable(source: source, reason: error.description)
    }
  }
}
