extension WordPieceTokenizer {
  /// Creates a tokenizer from a `vocab.txt`: one piece per line; the line number is the id.
  ///
  /// The special tokens are found by their usual spellings [CLS], [SEP], [UNK], [PAD], [MASK].
  ///
  /// - Parameters:
  ///   - text: the file's content, UTF-8.
  ///   - normalization: the normalisation, which `vocab.txt` does not describe.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.missing` when [CLS], [SEP] or [UNK] is not among the pieces.
  package init(
    vocabularyText text: [UInt8], normalization: BERTNormalization = BERTNormalization(),
    source: String
  ) throws(TokenizerError) {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let pieces = lines.map { line in
      line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : Array(line)
    }
    try self.init(
      pieces: pieces, specialTokens: Self.usualSpecialTokens(in: pieces, source: source),
      normalization: normalization, source: source)
  }

  /// The special tokens, found by the spellings of the original BERT.
  static func usualSpecialTokens(
    in pieces: [[UInt8]], source: String
  ) throws(TokenizerError) -> SpecialTokens {
    var idOfSpelling: [String: Int32] = [:]
    for (index, piece) in pieces.enumerated()
    where piece.first == UInt8(ascii: "[") && piece.last == UInt8(ascii: "]") {
      idOfSpelling[String(decoding: piece, as: UTF8.self)] = Int32(index)
    }
    func required(_ spelling: String) throws(TokenizerError) -> Int32 {
      guard let id = idOfSpelling[spelling] else {
        throw .missing(entry: spelling, expected: "a piece of the vocabulary", source: source)
      }
      return id
    }
    return SpecialTokens(
      classification: try required("[CLS]"), separator: try required("[SEP]"),
      unknown: try required("[UNK]"), padding: idOfSpelling["[PAD]"],
      mask: idOfSpelling["[MASK]"])
  }
}
