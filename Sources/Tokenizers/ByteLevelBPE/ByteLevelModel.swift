// Byte-level byte-pair encoding: words by a pre-tokenizer, bytes of a word merged by a list.

/// The tables of a byte-level BPE vocabulary.
///
/// A symbol is the id of a token. Every byte has one, so there is nothing that cannot be spelled.
///
/// - Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section
///   2.2; openai/gpt-2 `encoder.py`. Parity: Hugging Face `tokenizers`, llama.cpp.
struct ByteLevelModel: Sendable {
  let preTokenizer: PreTokenizer
  let merges: MergeTable
  /// The token of each byte, or -1.
  let byteTokens: [Int32]
  /// Whole words that are tokens, bytes to id; nil where merges decide alone.
  let wholeWords: ByteTrie?

  /// Appends the ids of a text.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8 without special tokens.
  ///   - merger: working memory.
  ///   - ids: receives the ids. A byte without a token is left out, as llama.cpp does; no published
  ///     vocabulary lacks one that occurs in UTF-8.
  func encode(_ text: [UInt8], merger: inout PairMerger, into ids: inout [Int32]) {
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
