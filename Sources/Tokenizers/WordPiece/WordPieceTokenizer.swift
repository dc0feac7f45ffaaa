/// A token of a text and its source range.
package struct TokenSpan: Sendable, Equatable {
  /// Index into the vocabulary.
  package var id: Int32
  /// UTF-8 byte offsets in the encoded text; empty for [CLS] and [SEP].
  package var byteRange: Range<Int>

  package init(id: Int32, byteRange: Range<Int>) {
    self.id = id
    self.byteRange = byteRange
  }
}

/// BERT's WordPiece tokenizer.
///
/// Text is normalised (`BERTNormalization`) and split at white space, punctuation and ideographs.
/// Each word is cut greedily into the longest matching pieces of the vocabulary; pieces after the
/// first are spelled with "##". A word that cannot be cut completely, or that has more than
/// `maximumWordScalarCount` scalars, becomes one [UNK].
///
/// Text is data: "[SEP]" in a text is cut like other characters and never becomes the special token.
/// Hugging Face behaves like this with `encode_special_tokens = True`.
///
/// - Source: Wu et al. 2016, arXiv:1609.08144, section 4.1; Devlin et al. 2018, arXiv:1810.04805.
///   Parity: Hugging Face `tokenizers` (`BertNormalizer`, `BertPreTokenizer`, `WordPiece`); the ids
///   are equal on every text of Tests/Reference/wordpiece_differential.py.
/// - Complexity: O(bytes) time and O(ids) memory per call.
package struct WordPieceTokenizer: Sendable {
  /// BERT's special tokens.
  package struct SpecialTokens: Sendable, Equatable {
    /// [CLS], before a text.
    package var classification: Int32
    /// [SEP], after a text.
    package var separator: Int32
    /// [UNK], for a word that the vocabulary cannot spell.
    package var unknown: Int32
    /// [PAD]; never produced, because batches are ragged.
    package var padding: Int32?
    /// [MASK]; never produced.
    package var mask: Int32?

    package init(
      classification: Int32, separator: Int32, unknown: Int32, padding: Int32? = nil,
      mask: Int32? = nil
    ) {
      self.classification = classification
      self.separator = separator
      self.unknown = unknown
      self.padding = padding
      self.mask = mask
    }

    var all: Set<Int32> {
      Set([classification, separator, unknown, padding, mask].compactMap(\.self))
    }
  }

  /// Pieces and ids.
  package let vocabulary: WordPieceVocabulary
  /// The normalisation before splitting.
  package let normalization: BERTNormalization
  /// Ids of [CLS], [SEP], [UNK], [PAD] and [MASK].
  package let specialTokens: SpecialTokens
  /// Words with more scalars become [UNK]; 100 in every published BERT.
  package let maximumWordScalarCount: Int

  let actions: ScalarActions
  /// The actions of U+0000 to U+007F, with lower case applied.
  let asciiActions: [ASCIIAction]

  /// The action of an ASCII character: the byte to append, or one of three codes above 0x7F.
  struct ASCIIAction: Sendable {
    static let delete: UInt8 = 0x80
    static let space: UInt8 = 0x81
    static let isolate: UInt8 = 0x82
    var code: UInt8
  }

  /// Creates a tokenizer from a vocabulary in memory.
  ///
  /// - Parameters:
  ///   - pieces: the spelling of each id in UTF-8; continuations begin with "##".
  ///   - specialTokens: ids below `pieces.count`.
  ///   - normalization: the normalisation before splitting.
  ///   - maximumWordScalarCount: words with more scalars become [UNK].
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.invalid` when a special id is outside the vocabulary.
  package init(
    pieces: [[UInt8]], specialTokens: SpecialTokens,
    normalization: BERTNormalization = BERTNormalization(),
    maximumWordScalarCount: Int = 100, source: String
  ) throws(TokenizerError) {
    for id in specialTokens.all where id < 0 || Int(id) >= pieces.count {
      throw .invalid(
        entry: "special token id \(id)", reason: "the vocabulary has \(pieces.count) entries",
        source: source)
    }
    self.vocabulary = WordPieceVocabulary(pieces: pieces, specials: specialTokens.all)
    self.specialTokens = specialTokens
    self.normalization = normalization
    self.maximumWordScalarCount = maximumWordScalarCount
    let actions = ScalarActions(normalization)
    self.actions = actions
    self.asciiActions = (0..<128).map { ASCIIAction(code: Self.asciiCode($0, actions)) }
  }

  /// The token ids of a text, not truncated.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - addSpecialTokens: whether [CLS] and [SEP] are added.
  /// - Returns: ids in the order of the text.
  package func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int32] {
    var text = text
    return text.withUTF8 { unsafe encode(utf8: $0, addSpecialTokens: addSpecialTokens) }
  }

  /// The token ids of UTF-8 bytes, not truncated.
  ///
  /// Bytes that are not UTF-8 count as U+FFFD.
  package func encode(
    utf8 bytes: UnsafeBufferPointer<UInt8>, addSpecialTokens: Bool = true
  ) -> [Int32] {
    var encoder = WordPieceEncoder(tokenizer: self, tracksOffsets: false)
    if addSpecialTokens { encoder.ids.append(specialTokens.classification) }
    unsafe encoder.encode(bytes)
    if addSpecialTokens { encoder.ids.append(specialTokens.separator) }
    return encoder.ids
  }

  /// The tokens of a text with their source ranges, without [CLS] and [SEP].
  ///
  /// A range covers the scalars that contributed to the token: a deleted accent belongs to no range,
  /// and [UNK] covers its whole word. Ranges ascend and do not overlap, except where one scalar
  /// became several tokens or marks were reordered.
  package func encodeWithOffsets(_ text: String) -> [TokenSpan] {
    var text = text
    return text.withUTF8 { unsafe encodeWithOffsets(utf8: $0) }
  }

  /// As `encodeWithOffsets(_:)`, for UTF-8 bytes.
  package func encodeWithOffsets(utf8 bytes: UnsafeBufferPointer<UInt8>) -> [TokenSpan] {
    var encoder = WordPieceEncoder(tokenizer: self, tracksOffsets: true)
    unsafe encoder.encode(bytes)
    return zip(encoder.ids, encoder.ranges).map { TokenSpan(id: $0, byteRange: $1) }
  }

  /// The number of ids that `encode` returns, which a model's limit refers to.
  package func tokenCount(_ text: String, addSpecialTokens: Bool = true) -> Int {
    encode(text, addSpecialTokens: addSpecialTokens).count
  }

  /// The spelling of an id, continuations with "##"; nil for an id outside the vocabulary.
  package func piece(_ id: Int32) -> String? {
    vocabulary.spelling(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func asciiCode(_ byte: UInt8, _ actions: ScalarActions) -> UInt8 {
    switch actions.action(UInt32(byte)) {
    case .delete: return ASCIIAction.delete
    case .space: return ASCIIAction.space
    case .isolate: return ASCIIAction.isolate
    case .replace(let place):  // one lower-case letter: nothing else changes ASCII
      return UInt8(actions.output(actions.outputRange(at: place).lowerBound).value)
    case .keep, .replaceIsolated, .hangul: return byte
    }
  }
}
