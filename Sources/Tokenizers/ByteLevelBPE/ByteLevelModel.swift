/// Byte-level byte-pair encoding: a pre-tokenizer cuts text into words, whose bytes are merged.
///
/// A symbol is the id of a token. Every byte has a token, so every text can be spelled.
///
/// - Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section
///   2.2; openai/gpt-2 `encoder.py`. Parity: Hugging Face `tokenizers`, llama.cpp.
struct ByteLevelModel: Sendable {
  let preTokenizer: PreTokenizer
  /// Whether text is normalised to NFC first.
  let composesCharacters: Bool
  let merges: MergeTable
  /// The token of each byte, or -1.
  let byteTokens: [Int32]
  /// Words that are tokens, bytes to id; nil where the merges alone decide.
  let wholeWords: ByteTrie?

  /// Appends the ids of a text.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8 without special tokens.
  ///   - merger: working memory.
  ///   - ids: receives the ids. A byte without a token is left out, as in llama.cpp; no published
  ///     vocabulary lacks a byte that occurs in UTF-8.
  func encode(_ text: [UInt8], merger: inout PairMerger, into ids: inout [Int32]) {
    let text = composesCharacters ? CanonicalComposition.shared.normalized(text) : text
    var symbols: [Int32] = []
    var words = PreTokenizer.Words(of: text, by: preTokenizer)
    while let word = words.next() {
      if let wholeWords, let id = wholeWords.value(of: text[word]) {
        ids.append(id)
        continue
      }
      symbols.removeAll(keepingCapacity: true)
      for byte in text[word] where byteTokens[Int(byte)] >= 0 {
        symbols.append(byteTokens[Int(byte)])
      }
      merger.merge(&symbols, with: merges)
      ids.append(contentsOf: symbols)
    }
  }
}
