/// The four switches of Hugging Face's `BertNormalizer`.
///
/// - Source: `tokenizers/src/normalizers/bert.rs`; "normalizer" in a model's `tokenizer.json`.
package struct BERTNormalization: Sendable, Equatable {
  /// Deletes NUL, U+FFFD and control scalars, and turns every white space into a space.
  package var cleansText: Bool
  /// Puts each CJK ideograph between spaces, so that it becomes a word of its own.
  package var splitsIdeographs: Bool
  /// Decomposes canonically (NFD) and deletes nonspacing marks.
  package var stripsAccents: Bool
  /// Lower-cases scalar by scalar (a final sigma becomes σ, not ς).
  package var lowercases: Bool

  /// The defaults are those of an uncased BERT.
  ///
  /// - Parameters:
  ///   - cleansText: "clean_text" in `tokenizer.json`.
  ///   - splitsIdeographs: "handle_chinese_chars".
  ///   - stripsAccents: "strip_accents"; nil (null there) means "as `lowercases`".
  ///   - lowercases: "lowercase".
  package init(
    cleansText: Bool = true, splitsIdeographs: Bool = true, stripsAccents: Bool? = nil,
    lowercases: Bool = true
  ) {
    self.cleansText = cleansText
    self.splitsIdeographs = splitsIdeographs
    self.stripsAccents = stripsAccents ?? lowercases
    self.lowercases = lowercases
  }
}
