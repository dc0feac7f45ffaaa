/// Whisper's tokenizer: byte-level BPE of the kind that tiktoken computes, and tokens for languages,
/// tasks and times.
///
/// A word that is a token becomes that token. In other words the two neighbours are merged whose
/// spellings together are the token of the lowest id, as often as there are such neighbours; so the
/// list of tokens contains the merges.
///
/// Text is data: `<|endoftext|>` in a text is cut like other characters.
///
/// - Source: Radford et al. 2022, arXiv:2212.04356, section 2.2; openai-whisper 20250625
///   `tokenizer.py`; tiktoken 0.14 `src/lib.rs`. Parity: `Tests/Reference/whisper_token_ids.py`.
/// - Complexity: O(bytes) time and O(ids) memory per call.
package struct WhisperTokenizer: Sendable {
  /// Whether the vocabulary is that of the multilingual models; else that of the English ones.
  package let isMultilingual: Bool
  /// Languages that have a token.
  package let languageCount: Int
  /// The bytes of each token of text.
  private let spellings: [ArraySlice<UInt8>]
  private let model: ByteLevelModel

  /// Ends a text: `<|endoftext|>`, the first id after the tokens of text.
  package var endOfText: Int32 { Int32(spellings.count) }
  /// Begins a text: `<|startoftranscript|>`.
  package var startOfTranscript: Int32 { endOfText + 1 }
  /// Requests English: `<|translate|>`.
  package var translate: Int32 { startOfTranscript + 1 + Int32(languageCount) }
  /// Requests the language that is spoken: `<|transcribe|>`.
  package var transcribe: Int32 { translate + 1 }
  /// Unused: `<|startoflm|>`.
  package var startOfLM: Int32 { translate + 2 }
  /// Begins the text of the sound before: `<|startofprev|>`.
  package var startOfPrevious: Int32 { translate + 3 }
  /// Means that nobody speaks: `<|nospeech|>`.
  package var noSpeech: Int32 { translate + 4 }
  /// Requests text without times: `<|notimestamps|>`.
  package var noTimestamps: Int32 { translate + 5 }
  /// The time 0 seconds; each further id is 20 ms later.
  package var firstTimestamp: Int32 { translate + 6 }
  /// Tokens of times: 0 to 30 seconds.
  package static let timestampCount = 1_501
  /// All ids.
  package var vocabularyCount: Int { Int(firstTimestamp) + Self.timestampCount }

  /// The token of a language.
  ///
  /// - Returns: nil for a code that the model does not have, and for every one of an English model.
  package func languageToken(_ code: String) -> Int32? {
    guard isMultilingual,
      let index = WhisperLanguages.all.prefix(languageCount).firstIndex(where: { $0.code == code })
    else { return nil }
    return startOfTranscript + 1 + Int32(index)
  }

  /// The codes of the languages that have tokens, in the order of these.
  package var languageCodes: [String] {
    WhisperLanguages.all.prefix(languageCount).map(\.code)
  }

  /// Creates a tokenizer from its list of tokens.
  ///
  /// - Parameters:
  ///   - text: `multilingual.tiktoken` or `gpt2.tiktoken`: a line for each token, its bytes in
  ///     Base64, a space and the id, in order.
  ///   - vocabularyCount: ids of the model.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.invalid` for a line that is not a token, `.missing` for a byte without
  ///   one, `.unsupported` where the ids do not leave room for at most 100 languages.
  /// - Complexity: O(bytes of all tokens); about 60 ms.
  package init(
    tiktoken text: [UInt8], vocabularyCount: Int, source: String
  ) throws(TokenizerError) {
    let spellings = try Self.spellings(text, source: source)
    // The tokens after the languages: six, then the times.
    let languageCount = vocabularyCount - spellings.count - 2 - 6 - Self.timestampCount
    guard (1...WhisperLanguages.all.count).contains(languageCount) else {
      throw .unsupported(
        entry: "vocabulary of the model", found: "\(vocabularyCount) ids",
        supported:
          "\(spellings.count) tokens of text, 1 to \(WhisperLanguages.all.count) languages "
          + "and \(8 + Self.timestampCount) other ids", source: source)
    }
    var ids = ByteTrie(expectedNodeCount: text.count)
    for (id, spelling) in spellings.enumerated() where !spelling.isEmpty {
      ids.insert(spelling, value: Int32(id))
    }
    var byteTokens: [Int32] = []
    for byte in UInt8.min...UInt8.max {
      guard let id = ids.value(of: [byte]) else {
        throw .missing(entry: "token of byte \(byte)", expected: "in the list", source: source)
      }
      byteTokens.append(id)
    }
    isMultilingual = spellings.count == Self.multilingualTokenCount
    self.languageCount = languageCount
    self.spellings = spellings
    model = ByteLevelModel(
      preTokenizer: .gpt2, composesCharacters: false, merges: Self.merges(spellings, ids),
      byteTokens: byteTokens, wholeWords: ids)
  }

  /// The tokens of text of the multilingual models; the English models have one fewer.
  package static let multilingualTokenCount = 50_257

  /// All ways to put a token together from two, at the rank of its id.
  private static func merges(_ spellings: [ArraySlice<UInt8>], _ ids: ByteTrie) -> MergeTable {
    var merges = MergeTable(expectedCount: spellings.count * 3)
    for (id, spelling) in spellings.enumerated() {
      for cut in spelling.indices.dropFirst() {
        if let left = ids.value(of: spelling[..<cut]), let right = ids.value(of: spelling[cut...]) {
          merges.insert(left: left, right: right, Merge(rank: UInt32(id), symbol: Int32(id)))
        }
      }
    }
    return merges
  }

  /// The ids of a text.
  package func encode(_ text: String) -> [Int32] {
    var ids: [Int32] = []
    var merger = PairMerger()
    model.encode(Array(text.utf8), merger: &merger, into: &ids)
    return ids
  }

  /// The bytes that a token contributes to a text; none for other tokens than those of text.
  package func bytes(of id: Int32) -> ArraySlice<UInt8> {
    spellings.indices.contains(Int(id)) ? spellings[Int(id)] : []
  }

  /// The text of ids, without languages, tasks and times; bytes that are not UTF-8 become U+FFFD.
  package func decode(_ ids: some Sequence<Int32>) -> String {
    String(decoding: ids.flatMap { bytes(of: $0) }, as: UTF8.self)
  }

  /// The text of ids without white space at its ends, as Python's `strip`.
  package func decodeStripped(_ ids: some Sequence<Int32>) -> String {
    Self.strip(decode(ids))
  }

  /// A text without white space at its ends, as Python's `strip`.
  package static func strip(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, PythonText.isSpace(first.value) { scalars.removeFirst() }
    while let last = scalars.last, PythonText.isSpace(last.value) { scalars.removeLast() }
    return String(scalars)
  }
}
