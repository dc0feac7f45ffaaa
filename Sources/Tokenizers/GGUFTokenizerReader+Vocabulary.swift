internal import Checkpoints

// The arrays of a vocabulary: spellings, scores, kinds, and the token of each byte.
extension GGUFTokenizerReader {
  /// Spellings, kinds and, for SentencePiece, scores.
  func vocabulary(
    _ model: LanguageTokenizer.Model, _ notes: inout [String]
  ) throws(TokenizerError) -> TokenVocabulary {
    let tokens = try required(Key.tokens, "an array of strings") { () throws(CheckpointError) in
      try metadata.strings(Key.tokens)
    }
    try VocabularyLimits.check(tokens, entry: Key.tokens, source: source)
    try checkSpellings(tokens)
    let scores = model == .sentencePiece ? try scores(tokenCount: tokens.count) : []
    return TokenVocabulary(
      spellings: tokens, kinds: try kinds(tokens, &notes), scores: scores)
  }

  private func checkSpellings(_ tokens: StringArray) throws(TokenizerError) {
    // Two ids for one spelling would make the ids of a text ambiguous; llama.cpp refuses them too.
    var seen = ByteTrie(expectedNodeCount: tokens.byteCount)
    for index in tokens.indices where !tokens.bytes(at: index).isEmpty {
      if let first = seen.value(of: tokens.bytes(at: index)) {
        throw invalid(Key.tokens, "tokens \(first) and \(index) are spelled the same")
      }
      seen.insert(tokens.bytes(at: index), value: Int32(index))
    }
  }

  private func scores(tokenCount: Int) throws(TokenizerError) -> [Float] {
    let scores = try required(Key.scores, "an array of numbers") { () throws(CheckpointError) in
      try metadata.floats(Key.scores)
    }
    guard scores.count == tokenCount else {
      throw invalid(Key.scores, "\(scores.count) scores for \(tokenCount) tokens")
    }
    if let index = scores.firstIndex(where: \.isNaN) {
      throw invalid(Key.scores, "the score of token \(index) is not a number")
    }
    return scores
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

  /// The token of each byte, or -1: in SentencePiece the tokens spelled `<0xNN>`, in byte-level BPE
  /// the tokens of one byte.
  func byteTokens(
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
}
