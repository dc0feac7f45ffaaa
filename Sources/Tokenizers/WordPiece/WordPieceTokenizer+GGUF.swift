package import Checkpoints

extension WordPieceTokenizer {
  /// Creates a tokenizer from the metadata of a `bert` GGUF file.
  ///
  /// llama.cpp stores a piece that begins a word as "▁x" (U+2581 first), a continuation "##x" as
  /// "x", and special tokens unchanged; the original spellings are restored here. It supports only
  /// uncased models, so its files do not describe the normaliser. Files of this project's converter
  /// do, under `swiftrag.tokenizer.*`.
  ///
  /// - Source: llama.cpp `conversion/bert.py`, `BertModel.set_vocab`.
  /// - Parameters:
  ///   - metadata: keys `tokenizer.ggml.{model,tokens,token_type,*_token_id}`.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError` when an entry is missing or invalid.
  package init(ggufMetadata metadata: Metadata, source: String) throws(TokenizerError) {
    let model = try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in
      try metadata.required(
        GGUFKey.model, metadata.string(GGUFKey.model))
    }
    guard model == "bert" else {
      throw .unsupported(entry: GGUFKey.model, found: model, supported: "bert", source: source)
    }
    let tokens = try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in
      try metadata.required(GGUFKey.tokens, metadata.strings(GGUFKey.tokens))
    }
    let types = try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in
      try metadata.integers(GGUFKey.tokenTypes)
    }
    if let types, types.count != tokens.count {
      throw .invalid(
        entry: GGUFKey.tokenTypes,
        reason: "\(types.count) types for \(tokens.count) tokens", source: source)
    }
    let pieces = tokens.indices.map { index in
      Self.originalSpelling(
        Array(tokens.bytes(at: index)), isControl: types?[index] == GGUFKey.controlType)
    }
    try self.init(
      pieces: pieces, specialTokens: Self.specialTokens(metadata, pieces: pieces, source: source),
      normalization: Self.normalization(metadata, source: source), source: source)
  }

  /// The metadata entries from which `init(ggufMetadata:source:)` creates this tokenizer.
  ///
  /// llama.cpp reads them too; depending on its version it expects the id of [CLS] under either of
  /// two keys.
  package var ggufMetadata: [(key: String, value: MetadataValue)] {
    var spellings = StringArray(count: vocabulary.count)
    var types: [Int32] = []
    for id in 0..<Int32(vocabulary.count) {
      let isControl = specialTokens.all.contains(id)
      spellings.append(
        Self.ggufSpelling(vocabulary.spelling(of: id) ?? [], isControl: isControl))
      types.append(Int32(isControl ? GGUFKey.controlType : GGUFKey.normalType))
    }
    var entries: [(key: String, value: MetadataValue)] = [
      (GGUFKey.model, .string("bert")),
      // BERT's pre-tokenizer in llama.cpp, whose WordPiece ignores the name.
      (GGUFKey.pre, .string("bert-bge")),
      (GGUFKey.tokens, .array(.string(spellings))),
      (GGUFKey.tokenTypes, .array(.int32(types))),
      (GGUFKey.beginning, .uint32(UInt32(specialTokens.classification))),
      (GGUFKey.classification, .uint32(UInt32(specialTokens.classification))),
      (GGUFKey.separator, .uint32(UInt32(specialTokens.separator))),
      (GGUFKey.unknown, .uint32(UInt32(specialTokens.unknown))),
    ]
    if let padding = specialTokens.padding {
      entries.append((GGUFKey.padding, .uint32(UInt32(padding))))
    }
    if let mask = specialTokens.mask { entries.append((GGUFKey.mask, .uint32(UInt32(mask)))) }
    entries += [
      (GGUFKey.cleansText, .bool(normalization.cleansText)),
      (GGUFKey.splitsIdeographs, .bool(normalization.splitsIdeographs)),
      (GGUFKey.stripsAccents, .bool(normalization.stripsAccents)),
      (GGUFKey.lowercases, .bool(normalization.lowercases)),
    ]
    return entries
  }

  /// The metadata keys of a `bert` vocabulary.
  ///
  /// - Source: gguf-py 0.19.0, `constants.Keys.Tokenizer`, including the spelling "seperator".
  package enum GGUFKey {
    package static let model = "tokenizer.ggml.model"
    package static let pre = "tokenizer.ggml.pre"
    package static let tokens = "tokenizer.ggml.tokens"
    package static let tokenTypes = "tokenizer.ggml.token_type"
    package static let typeCount = "tokenizer.ggml.token_type_count"
    /// [CLS] in files of current gguf-py.
    package static let beginning = "tokenizer.ggml.bos_token_id"
    /// [CLS] in files up to 2024.
    package static let classification = "tokenizer.ggml.cls_token_id"
    package static let separator = "tokenizer.ggml.seperator_token_id"
    package static let unknown = "tokenizer.ggml.unknown_token_id"
    package static let padding = "tokenizer.ggml.padding_token_id"
    package static let mask = "tokenizer.ggml.mask_token_id"
    /// Our own: the switches of the normaliser, Booleans.
    package static let cleansText = "swiftrag.tokenizer.clean_text"
    package static let splitsIdeographs = "swiftrag.tokenizer.handle_chinese_chars"
    package static let stripsAccents = "swiftrag.tokenizer.strip_accents"
    package static let lowercases = "swiftrag.tokenizer.lowercase"

    /// `LLAMA_TOKEN_TYPE_NORMAL`.
    package static let normalType = 1
    /// `LLAMA_TOKEN_TYPE_CONTROL`.
    package static let controlType = 3
  }

  /// A piece as a GGUF file spells it: "▁x" for "x", "x" for "##x", special tokens unchanged.
  package static func ggufSpelling(_ piece: [UInt8], isControl: Bool) -> [UInt8] {
    if isControl { return piece }
    if piece.starts(with: continuationMark) { return Array(piece.dropFirst(2)) }
    return wordStartMark + piece
  }

  /// The inverse of `ggufSpelling(_:isControl:)`.
  ///
  /// Older converters also left "[unused0]" as it is; a continuation never looks like that.
  static func originalSpelling(_ spelling: [UInt8], isControl: Bool) -> [UInt8] {
    if isControl { return spelling }
    if spelling.starts(with: wordStartMark) {
      return Array(spelling.dropFirst(wordStartMark.count))
    }
    let isBracketed =
      spelling.count > 2 && spelling.first == UInt8(ascii: "[")
      && spelling.last == UInt8(ascii: "]")
    return isBracketed ? spelling : continuationMark + spelling
  }

  /// "##", before pieces that continue a word.
  static let continuationMark = Array("##".utf8)
  /// U+2581, LOWER ONE EIGHTH BLOCK, before pieces that begin one.
  static let wordStartMark = Array("\u{2581}".utf8)

  private static func specialTokens(
    _ metadata: Metadata, pieces: [[UInt8]], source: String
  ) throws(TokenizerError) -> SpecialTokens {
    func id(_ key: String) throws(TokenizerError) -> Int32? {
      let value = try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in
        try metadata.integer(key)
      }
      guard let value else { return nil }
      guard value >= 0, value < pieces.count else {
        throw .invalid(
          entry: key, reason: "\(value) is outside the \(pieces.count) tokens", source: source)
      }
      return Int32(value)
    }
    func required(_ id: Int32?, _ key: String) throws(TokenizerError) -> Int32 {
      guard let id else { throw .missing(entry: key, expected: "a token id", source: source) }
      return id
    }
    let classification = try id(GGUFKey.classification)
    let beginning = try id(GGUFKey.beginning)
    return SpecialTokens(
      classification: try required(classification ?? beginning, GGUFKey.beginning),
      separator: try required(try id(GGUFKey.separator), GGUFKey.separator),
      unknown: try required(try id(GGUFKey.unknown), GGUFKey.unknown),
      padding: try id(GGUFKey.padding), mask: try id(GGUFKey.mask))
  }

  private static func normalization(
    _ metadata: Metadata, source: String
  ) throws(TokenizerError) -> BERTNormalization {
    func flag(_ key: String) throws(TokenizerError) -> Bool? {
      try TokenizerFile.readMetadata(source) { () throws(CheckpointError) in try metadata.bool(key)
      }
    }
    return BERTNormalization(
      cleansText: try flag(GGUFKey.cleansText) ?? true,
      splitsIdeographs: try flag(GGUFKey.splitsIdeographs) ?? true,
      stripsAccents: try flag(GGUFKey.stripsAccents),
      lowercases: try flag(GGUFKey.lowercases) ?? true)
  }
}
