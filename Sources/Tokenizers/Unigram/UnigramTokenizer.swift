internal import Checkpoints

/// SentencePiece's unigram tokenizer as XLM-RoBERTa has it: the tokenizer of multilingual sentence
/// encoders.
///
/// Text is normalised (`UnigramNormalization`), spaces become U+2581, and each word with the mark
/// before it is cut into the pieces with the largest sum of log probabilities (`UnigramModel`).
/// Characters that no piece spells become `<unk>`, one for each run.
///
/// Text is data: "<s>" in a text is cut like other characters and never becomes the special token, as
/// in sentencepiece; Hugging Face's `tokenizers` finds the piece.
///
/// - Source: Kudo & Richardson 2018, arXiv:1808.06226; Conneau et al. 2019, arXiv:1911.02116. Parity:
///   Hugging Face `tokenizers` (`Unigram`, `Precompiled`, `Metaspace`); the ids are equal on every
///   text of Tests/Reference/unigram_differential.py.
/// - Complexity: O(bytes × the longest piece) time and O(ids) memory per call.
package struct UnigramTokenizer: Sendable {
  /// The special tokens.
  package struct SpecialTokens: Sendable, Equatable {
    /// `<s>`, before a text.
    package var beginning: Int32
    /// `</s>`, after a text.
    package var end: Int32
    /// `<unk>`, for text that the vocabulary cannot spell.
    package var unknown: Int32
    /// `<pad>`; never produced, because batches are ragged.
    package var padding: Int32?
    /// `<mask>`; never produced.
    package var mask: Int32?

    var all: Set<Int32> { Set([beginning, end, unknown, padding, mask].compactMap(\.self)) }
  }

  let model: UnigramModel
  let normalization: UnigramNormalization
  /// Whether U+2581 precedes a text that does not begin with one.
  let addsSpacePrefix: Bool
  package let specialTokens: SpecialTokens

  /// U+2581, LOWER ONE EIGHTH BLOCK, which represents a space in pieces.
  static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]

  /// Creates a tokenizer from its parts.
  ///
  /// - Parameters:
  ///   - model: pieces and scores.
  ///   - normalization: the changes to a text before it is split.
  ///   - addsSpacePrefix: whether U+2581 precedes a text.
  ///   - specialTokens: ids of `model`.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.invalid` when a special id is outside the vocabulary.
  init(
    model: UnigramModel, normalization: UnigramNormalization, addsSpacePrefix: Bool = true,
    specialTokens: SpecialTokens, source: String
  ) throws(TokenizerError) {
    for id in specialTokens.all where id < 0 || Int(id) >= model.pieces.count {
      throw .invalid(
        entry: "special token id \(id)", reason: "the vocabulary has \(model.pieces.count) entries",
        source: source)
    }
    self.model = model
    self.normalization = normalization
    self.addsSpacePrefix = addsSpacePrefix
    self.specialTokens = specialTokens
  }

  /// Number of ids.
  package var vocabularyCount: Int { model.pieces.count }

  /// The token ids of a text, not truncated.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - addSpecialTokens: whether `<s>` and `</s>` are added.
  /// - Returns: ids in the order of the text.
  package func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int32] {
    let bytes = normalization.normalized(text)
    var ids: [Int32] = []
    ids.reserveCapacity(bytes.count / 3 + 2)
    if addSpecialTokens { ids.append(specialTokens.beginning) }
    appendWords(of: bytes, to: &ids)
    if addSpecialTokens { ids.append(specialTokens.end) }
    return ids
  }

  /// The spelling of an id; nil for an id outside the vocabulary.
  package func piece(_ id: Int32) -> String? {
    model.pieces.indices.contains(Int(id)) ? model.pieces[Int(id)] : nil
  }

  /// Cuts the normalised text before each space mark, as `Metaspace` does, and appends the ids of
  /// each word.
  private func appendWords(of text: [UInt8], to ids: inout [Int32]) {
    var workspace = UnigramModel.Workspace()
    var word: [UInt8] = []
    // The next character begins a text, or a part of it that white space separates.
    var isAtStart = true
    var index = 0
    while index < text.count {
      let next = min(index + scalarByteCount(text[index]), text.count)
      let width = whiteSpaceWidth(text, index)
      if width > 0, normalization.splitsWhiteSpace {
        flush(&word, &workspace, to: &ids)
        isAtStart = true
        index += width
        continue
      }
      if text[index] == 0x20 || isSpaceMark(text, index) {
        flush(&word, &workspace, to: &ids)
        word = Self.spaceMark
      } else {
        if isAtStart, addsSpacePrefix { word = Self.spaceMark }
        word += text[index..<next]
      }
      isAtStart = false
      index = next
    }
    flush(&word, &workspace, to: &ids)
  }

  private func flush(
    _ word: inout [UInt8], _ workspace: inout UnigramModel.Workspace, to ids: inout [Int32]
  ) {
    model.encode(word, &workspace, into: &ids)
    word.removeAll(keepingCapacity: true)
  }

  private func isSpaceMark(_ text: [UInt8], _ index: Int) -> Bool {
    text[index] == 0xE2 && text[index...].starts(with: Self.spaceMark)
  }

  /// The number of bytes of the white space (Unicode's property) at `index`; 0 for other characters.
  private func whiteSpaceWidth(_ text: [UInt8], _ index: Int) -> Int {
    let first = text[index]
    if first < 0x80 { return first == 0x20 || (0x09...0x0D).contains(first) ? 1 : 0 }
    // All others begin with the bytes C2, E1, E2 or E3.
    guard first == 0xC2 || (0xE1...0xE3).contains(first) else { return 0 }
    let (value, next) = scalar(in: text, at: index)
    return Unicode.Scalar(value)?.properties.isWhitespace == true ? next - index : 0
  }
}
