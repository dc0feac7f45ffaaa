internal import Checkpoints

extension GGUFTokenizerReader {
  /// The pre-tokenizer and the merges of a byte-level vocabulary.
  func byteLevelModel(
    _ vocabulary: TokenVocabulary, _ byteTokens: [Int32], _ notes: inout [String]
  ) throws(TokenizerError) -> ByteLevelModel {
    let name = try preTokenizerName(&notes)
    guard let preTokenizer = PreTokenizer(name: name) else {
      throw .unsupported(
        entry: Key.pre, found: name, supported: PreTokenizer.families, source: source)
    }
    return ByteLevelModel(
      preTokenizer: preTokenizer,
      composesCharacters: PreTokenizer.composesCharacters(name: name),
      merges: try merges(vocabulary), byteTokens: byteTokens,
      wholeWords: PreTokenizer.ignoresMerges(name: name) ? wholeWords(vocabulary) : nil)
  }

  private func preTokenizerName(_ notes: inout [String]) throws(TokenizerError) -> String {
    let name = try read { () throws(CheckpointError) in try metadata.string(Key.pre) }
    if let name, !name.isEmpty { return name }
    notes.append("\(Key.pre) is missing; words are cut by llama.cpp's 'default'")
    return "default"
  }

  private func merges(_ vocabulary: TokenVocabulary) throws(TokenizerError) -> MergeTable {
    let lines = try required(Key.merges, "an array of strings") { () throws(CheckpointError) in
      try metadata.strings(Key.merges)
    }
    guard lines.count <= VocabularyLimits.mergeCount else {
      throw invalid(
        Key.merges, "\(lines.count) merges, the limit is \(VocabularyLimits.mergeCount)")
    }
    var ids = ByteTrie(expectedNodeCount: vocabulary.spellings.byteCount)
    for id in 0..<vocabulary.count {
      ids.insert(vocabulary.spellings.bytes(at: id), value: Int32(id))
    }
    var merges = MergeTable(expectedCount: lines.count)
    for index in lines.indices {
      let line = lines.bytes(at: index)
      guard let space = line.dropFirst().firstIndex(of: UInt8(ascii: " ")) else {
        throw invalid(Key.merges, "merge \(index) is not two tokens with a space between them")
      }
      let (first, second) = (line[..<space], line[(space + 1)...])
      guard let left = ids.value(of: first), let right = ids.value(of: second),
        let both = ids.value(of: first + second)
      else {
        throw invalid(Key.merges, "merge \(index) names a token that is not in the vocabulary")
      }
      // Text must not merge into a special token.
      if vocabulary.isSpecial(Int(both)) { continue }
      merges.insert(left: left, right: right, Merge(rank: UInt32(index), symbol: both))
    }
    return merges
  }

  private func wholeWords(_ vocabulary: TokenVocabulary) -> ByteTrie {
    var words = ByteTrie(expectedNodeCount: vocabulary.decoded.byteCount)
    for id in 0..<vocabulary.count where vocabulary.kinds[id] == .normal {
      words.insert(vocabulary.decoded.bytes(at: id), value: Int32(id))
    }
    return words
  }
}
