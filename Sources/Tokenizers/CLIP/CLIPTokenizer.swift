package import Checkpoints

/// CLIP's tokenizer: cleaned text in lower case, byte-pair encoding with a mark at the end of a word.
///
/// The symbols of a word are its bytes; the last byte of a word is another symbol, spelled with
/// `</w>`. The vocabulary has the 256 bytes, the same with `</w>`, one token for each merge, and two
/// special tokens, 49,408 in every published model.
///
/// Text is data: `<|endoftext|>` in a text is cut like other characters and never becomes the
/// special token, whose first place decides where the model reads the text's vector. The references
/// let a text contain it; `encode(_:parsesSpecial:)` can do that too.
///
/// - Source: Radford et al. 2021, arXiv:2103.00020, section 2.4; openai/CLIP `simple_tokenizer.py`.
///   Parity: open_clip 3.3.0, OpenAI's code and Hugging Face, in `Tests/Reference/clip_token_ids.py`.
/// - Complexity: O(bytes) time and O(ids) memory per call.
package struct CLIPTokenizer: Sendable {
  /// The cleaning of a text before it is cut into words.
  package let cleaning: CLIPTextCleaning
  /// The spelling of each id: bytes as `ByteCharacters`, `</w>` at the end of a word.
  package let spellings: StringArray
  /// The pairs that merge, best first, as the files list them: two spellings and a space.
  package let mergeLines: StringArray
  /// The id before a text, spelled `<|startoftext|>`.
  package let startOfText: Int32
  /// The id after a text, spelled `<|endoftext|>`.
  package let endOfText: Int32

  let merges: MergeTable
  /// The symbol of each byte within a word.
  let byteTokens: [Int32]
  /// The symbol of each byte that ends a word.
  let lastByteTokens: [Int32]
  /// The special tokens as they are spelled after cleaning.
  let specialSpellings: [(bytes: [UInt8], id: Int32)]

  /// Ids of a text for the model, not more than its limit: the last of a text that is too long is
  /// `endOfText`.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - limit: at least 2; 77 in every published model.
  /// - Returns: the ids, and whether the text was cut.
  package func encode(_ text: String, limit: Int) -> (ids: [Int32], isTruncated: Bool) {
    let ids = encode(text)
    guard ids.count > limit else { return (ids, false) }
    return (Array(ids.prefix(limit - 1)) + [endOfText], true)
  }

  /// The ids of a text with `startOfText` and `endOfText` around it, not truncated.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - parsesSpecial: whether the spellings of the special tokens become those tokens, as in the
  ///     references.
  /// - Returns: ids in the order of the text.
  package func encode(_ text: String, parsesSpecial: Bool = false) -> [Int32] {
    let cleaned = cleaning.clean(text)
    var ids = [startOfText]
    appendWords(of: cleaned, parsesSpecial: parsesSpecial, to: &ids)
    ids.append(endOfText)
    return ids
  }

  /// A special token is found where a word could begin, as the references' expression does.
  private func appendWords(of text: [UInt8], parsesSpecial: Bool, to ids: inout [Int32]) {
    var words = CLIPWords(of: text, ignoresCase: cleaning == .openAI)
    var merger = PairMerger()
    var symbols: [Int32] = []
    while words.skipSpace() {
      if parsesSpecial,
        let special = specialSpellings.first(where: { text[words.index...].starts(with: $0.bytes) })
      {
        ids.append(special.id)
        words.index += special.bytes.count
        continue
      }
      guard let word = words.next() else { return }
      symbols.removeAll(keepingCapacity: true)
      for byte in text[word].dropLast() { symbols.append(byteTokens[Int(byte)]) }
      symbols.append(lastByteTokens[Int(text[word.upperBound - 1])])
      merger.merge(&symbols, with: merges)
      ids += symbols
    }
  }

  /// The spelling of an id; nil for an id outside the vocabulary.
  package func piece(_ id: Int32) -> String? {
    spellings.indices.contains(Int(id)) ? spellings[Int(id)] : nil
  }

  /// Number of token ids.
  package var vocabularyCount: Int { spellings.count }
}
