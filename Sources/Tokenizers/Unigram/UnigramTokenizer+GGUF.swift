internal import Checkpoints

extension UnigramTokenizer {
  /// The metadata keys of a unigram vocabulary.
  ///
  /// - Source: gguf-py 0.19.0, `constants.Keys.Tokenizer`.
  enum GGUFKey {
    static let model = WordPieceTokenizer.GGUFKey.model
    static let pre = WordPieceTokenizer.GGUFKey.pre
    static let tokens = WordPieceTokenizer.GGUFKey.tokens
    static let tokenTypes = WordPieceTokenizer.GGUFKey.tokenTypes
    static let scores = LanguageTokenizer.GGUFKey.scores
    static let beginning = WordPieceTokenizer.GGUFKey.beginning
    static let classification = WordPieceTokenizer.GGUFKey.classification
    static let end = LanguageTokenizer.GGUFKey.eos
    static let unknown = WordPieceTokenizer.GGUFKey.unknown
    static let separator = WordPieceTokenizer.GGUFKey.separator
    static let padding = WordPieceTokenizer.GGUFKey.padding
    static let mask = WordPieceTokenizer.GGUFKey.mask
    static let addsBeginning = LanguageTokenizer.GGUFKey.addsBOS
    static let addsEnd = LanguageTokenizer.GGUFKey.addsEOS
    static let addsSpacePrefix = LanguageTokenizer.GGUFKey.addsSpacePrefix
    static let removesExtraWhiteSpace = "tokenizer.ggml.remove_extra_whitespaces"
    static let charsmap = "tokenizer.ggml.precompiled_charsmap"
    /// Our own: the switches of the normaliser beside the charsmap, Booleans.
    static let nmt = "swiftrag.tokenizer.nmt"
    static let nfkc = "swiftrag.tokenizer.nfkc"
    static let stripsStart = "swiftrag.tokenizer.strip_start"
    static let stripsEnd = "swiftrag.tokenizer.strip_end"
    static let collapsesSpaces = "swiftrag.tokenizer.collapse_spaces"

    /// `LLAMA_VOCAB_TYPE_UGM`, for which llama.cpp's files say "t5".
    static let modelName = "t5"
  }

  /// Creates a tokenizer from the metadata of a `bert` GGUF file whose vocabulary is "t5".
  ///
  /// - Source: llama.cpp `conversion/bert.py`, `_xlmroberta_set_vocab`.
  /// - Parameters:
  ///   - metadata: of the file.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError` when an entry is missing or invalid.
  init(ggufMetadata metadata: Metadata, source: String) throws(TokenizerError) {
    let reader = UnigramGGUF(metadata: metadata, source: source)
    let pieces = try reader.pieces()
    let scores = try reader.scores(count: pieces.count)
    let kinds = try reader.kinds(count: pieces.count)
    let unknown =
      try reader.id(Key.unknown) ?? kinds.firstIndex(of: .unknown).map { Int32($0) } ?? 3
    let end = try reader.id(Key.end)
    let separator = try reader.id(Key.separator)
    let special = SpecialTokens(
      beginning: try reader.id(Key.beginning) ?? 0, end: end ?? separator ?? 2, unknown: unknown,
      padding: try reader.id(Key.padding), mask: try reader.id(Key.mask))
    var marked = kinds
    for id in special.all where marked.indices.contains(Int(id)) { marked[Int(id)] = .control }
    try self.init(
      model: UnigramModel(pieces: pieces, scores: scores, kinds: marked, unknown: unknown),
      normalization: try reader.normalization(),
      addsSpacePrefix: try reader.flag(Key.addsSpacePrefix) ?? true, specialTokens: special,
      source: source)
  }

  private typealias Key = GGUFKey

  /// The metadata entries from which `init(ggufMetadata:source:)` creates this tokenizer, and
  /// llama.cpp its own.
  ///
  /// - Parameter vocabularyCount: the rows of the model's table; rows without a piece become unused
  ///   ones, as llama.cpp's converter names them.
  /// - Returns: keys and values.
  func ggufMetadata(vocabularyCount: Int) -> [(key: String, value: MetadataValue)] {
    var tokens = model.pieces
    var scores = model.scores.map(Float.init)
    var types = model.kinds.indices.map { id in
      Int32(id) == specialTokens.unknown
        ? UnigramModel.Kind.unknown.rawValue : model.kinds[id].rawValue
    }
    for id in tokens.count..<max(tokens.count, vocabularyCount) {
      tokens.append(Array("[PAD\(id)]".utf8))
      // The score of llama.cpp's converter; no text reaches these ids.
      scores.append(-10_000)
      types.append(UnigramModel.Kind.unused.rawValue)
    }
    var entries: [(key: String, value: MetadataValue)] = [
      (Key.model, .string(Key.modelName)), (Key.pre, .string("default")),
      (Key.tokens, .array(.string(tokens))), (Key.scores, .array(.float32(scores))),
      (Key.tokenTypes, .array(.int32(types))),
      (Key.beginning, .uint32(UInt32(specialTokens.beginning))),
      (Key.end, .uint32(UInt32(specialTokens.end))),
      (Key.unknown, .uint32(UInt32(specialTokens.unknown))),
      (Key.separator, .uint32(UInt32(specialTokens.end))),
      (Key.classification, .uint32(UInt32(specialTokens.beginning))),
      (Key.addsBeginning, .bool(true)), (Key.addsEnd, .bool(true)),
      (Key.addsSpacePrefix, .bool(addsSpacePrefix)),
      (Key.removesExtraWhiteSpace, .bool(normalization.splitsWhiteSpace)),
      (Key.nmt, .bool(normalization.appliesNMT)), (Key.nfkc, .bool(normalization.appliesNFKC)),
      (Key.stripsStart, .bool(normalization.stripsStart)),
      (Key.stripsEnd, .bool(normalization.stripsEnd)),
      (Key.collapsesSpaces, .bool(normalization.collapsesSpaces)),
    ]
    if let padding = specialTokens.padding {
      entries.append((Key.padding, .uint32(UInt32(padding))))
    }
    if let mask = specialTokens.mask { entries.append((Key.mask, .uint32(UInt32(mask)))) }
    if let charsmap = normalization.charsmap {
      entries.append((Key.charsmap, .array(.uint8(charsmap.bytes))))
    }
    return entries
  }
}

/// Reads and checks the entries of a unigram vocabulary.
private struct UnigramGGUF {
  typealias Key = UnigramTokenizer.GGUFKey
  let metadata: Metadata
  let source: String

  func pieces() throws(TokenizerError) -> StringArray {
    let pieces = try read { () throws(CheckpointError) in
      try metadata.required(Key.tokens, metadata.strings(Key.tokens))
    }
    try VocabularyLimits.check(pieces, entry: Key.tokens, source: source)
    return pieces
  }

  func scores(count: Int) throws(TokenizerError) -> [Double] {
    let scores = try read { () throws(CheckpointError) in
      try metadata.required(Key.scores, metadata.floats(Key.scores))
    }
    guard scores.count == count, scores.allSatisfy(\.isFinite) else {
      throw .invalid(
        entry: Key.scores, reason: "are not \(count) finite numbers, one for each token",
        source: source)
    }
    return scores.map(Double.init)
  }

  /// The kinds; tokens that a user defined (4) are ordinary pieces here, and bytes (6) are unused.
  func kinds(count: Int) throws(TokenizerError) -> [UnigramModel.Kind] {
    let types = try read { () throws(CheckpointError) in
      try metadata.required(Key.tokenTypes, metadata.integers(Key.tokenTypes))
    }
    guard types.count == count else {
      throw .invalid(
        entry: Key.tokenTypes, reason: "\(types.count) types for \(count) tokens", source: source)
    }
    var kinds: [UnigramModel.Kind] = []
    kinds.reserveCapacity(count)
    for type in types {
      switch type {
      case 2: kinds.append(.unknown)
      case 3: kinds.append(.control)
      case 5, 6: kinds.append(.unused)
      case 0, 1, 4: kinds.append(.normal)
      default:
        throw .invalid(
          entry: Key.tokenTypes, reason: "has the type \(type), expected 0 to 6", source: source)
      }
    }
    return kinds
  }

  func id(_ key: String) throws(TokenizerError) -> Int32? {
    let value = try read { () throws(CheckpointError) in try metadata.integer(key) }
    guard let value else { return nil }
    guard let id = Int32(exactly: value) else {
      throw .invalid(entry: key, reason: "\(value) is not an id", source: source)
    }
    return id
  }

  func flag(_ key: String) throws(TokenizerError) -> Bool? {
    try read { () throws(CheckpointError) in try metadata.bool(key) }
  }

  func normalization() throws(TokenizerError) -> UnigramNormalization {
    UnigramNormalization(
      appliesNMT: try flag(Key.nmt) ?? false, appliesNFKC: try flag(Key.nfkc) ?? false,
      charsmap: try charsmap(), stripsStart: try flag(Key.stripsStart) ?? false,
      stripsEnd: try flag(Key.stripsEnd) ?? false,
      collapsesSpaces: try flag(Key.collapsesSpaces) ?? false,
      splitsWhiteSpace: try flag(Key.removesExtraWhiteSpace) ?? true)
  }

  private func charsmap() throws(TokenizerError) -> PrecompiledCharsmap? {
    guard let value = metadata[Key.charsmap] else { return nil }
    let bytes: [UInt8]
    switch value.arrayValue {
    case .uint8(let values): bytes = values
    case .int8(let values): bytes = values.map { UInt8(bitPattern: $0) }
    default:
      throw .missing(entry: Key.charsmap, expected: "an array of bytes", source: source)
    }
    return try PrecompiledCharsmap(bytes, entry: Key.charsmap, source: source)
  }

  private func read<Value>(
    _ body: () throws(CheckpointError) -> Value
  ) throws(TokenizerError) -> Value {
    try TokenizerFile.readMetadata(source, body)
  }
}
