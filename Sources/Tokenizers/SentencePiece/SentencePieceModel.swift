internal import Checkpoints

/// SentencePiece byte-pair encoding: the tables built from a vocabulary of pieces and scores.
///
/// A symbol is the id of a piece. A character that occurs in pieces but is not a piece itself gets a
/// number above the ids (`loneCharacters`).
///
/// Two neighbours merge when their joined spelling is a piece; its score ranks the merge. Loading
/// finds all such pairs: every position at which a piece can be cut into two symbols.
///
/// - Source: Kudo & Richardson 2018, arXiv:1808.06226; sentencepiece `bpe_model.cc`.
struct SentencePieceModel: Sendable {
  /// U+2581, LOWER ONE EIGHTH BLOCK, which represents a space in pieces.
  static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]

  /// Maps the spellings of pieces and lone characters to symbols.
  private(set) var trie: ByteTrie
  private(set) var merges = MergeTable()
  /// The symbol of each of U+0000 to U+007F, or -1.
  private(set) var asciiSymbols: [Int32] = []
  /// The symbol of U+2581, or -1.
  private(set) var spaceSymbol: Int32 = -1
  /// Symbols of characters that precede a U+2581 within some piece.
  ///
  /// No piece continues from any other character into the next word, so words are merged one by one.
  private(set) var symbolsBeforeSpace: Set<Int32> = []
  /// Spellings of the symbols `pieceCount` and above.
  private(set) var loneCharacters: [[UInt8]] = []
  let pieceCount: Int
  /// The token of each byte, or -1.
  let byteTokens: [Int32]
  let unknown: Int32?
  /// User-defined pieces, which are cut out of a text before merging.
  let userDefined: TokenSpellingMatcher

  /// - Parameters:
  ///   - vocabulary: has a score for each token; no two spellings are equal.
  ///   - byteTokens: the token of each byte, or -1.
  ///   - unknown: the token of characters that neither pieces nor bytes can spell.
  init(_ vocabulary: TokenVocabulary, byteTokens: [Int32], unknown: Int32?) {
    pieceCount = vocabulary.count
    self.byteTokens = byteTokens
    self.unknown = unknown
    // Converters write the spaces of these pieces as spaces, those of all others as U+2581.
    userDefined = TokenSpellingMatcher(
      vocabulary, spelledAs: { Self.escape(Array($0), addsSpacePrefix: false)[...] },
      includes: { _, kind in kind == .userDefined })
    trie = ByteTrie(expectedNodeCount: vocabulary.spellings.byteCount)
    let pieces = (0..<vocabulary.count).filter { id in
      Self.isMergeable(vocabulary.kinds[id])
        && String(validating: vocabulary.spellings.bytes(at: id), as: UTF8.self) != nil
        && !vocabulary.spellings.bytes(at: id).isEmpty
    }
    for id in pieces { trie.insert(vocabulary.spellings.bytes(at: id), value: Int32(id)) }
    findCharacters(pieces, vocabulary)
    findMerges(pieces, vocabulary)
    asciiSymbols = (0..<128).map { trie.value(of: [UInt8($0)]) ?? -1 }
  }

  /// Whether tokens of that kind are pieces.
  ///
  /// Control, unknown and byte tokens are not: sentencepiece keeps them in a separate map
  /// (`reserved_id_map_`), so that no text merges into them.
  private static func isMergeable(_ kind: TokenKind) -> Bool {
    switch kind {
    case .normal, .userDefined, .unused, .undefined: true
    case .unknown, .control, .byte: false
    }
  }

  /// Assigns symbols to lone characters and collects the characters that precede a space.
  private mutating func findCharacters(_ pieces: [Int], _ vocabulary: TokenVocabulary) {
    for id in pieces {
      let spelling = vocabulary.spellings.bytes(at: id)
      var before: Int32 = -1
      var index = spelling.startIndex
      while index < spelling.endIndex {
        let end = min(index + scalarByteCount(spelling[index]), spelling.endIndex)
        let character = spelling[index..<end]
        let symbol = trie.value(of: character) ?? addLoneCharacter(character)
        if before >= 0, character.elementsEqual(Self.spaceMark) {
          symbolsBeforeSpace.insert(before)
        }
        before = symbol
        index = end
      }
    }
    spaceSymbol = trie.value(of: Self.spaceMark) ?? -1
  }

  private mutating func addLoneCharacter(_ character: ArraySlice<UInt8>) -> Int32 {
    let symbol = Int32(pieceCount + loneCharacters.count)
    loneCharacters.append(Array(character))
    trie.insert(character, value: symbol)
    return symbol
  }

  /// Adds a merge for every cut of every piece into two symbols.
  ///
  /// One trie yields the symbols that begin a piece, a trie of the reversed spellings those that end
  /// it, so that the cost is O(bytes of all pieces).
  private mutating func findMerges(_ pieces: [Int], _ vocabulary: TokenVocabulary) {
    var reversed = ByteTrie(expectedNodeCount: vocabulary.spellings.byteCount)
    for id in pieces {
      reversed.insert(vocabulary.spellings.bytes(at: id).reversed(), value: Int32(id))
    }
    for (index, character) in loneCharacters.enumerated() {
      reversed.insert(character.reversed(), value: Int32(pieceCount + index))
    }
    let ranks = Self.ranks(pieces, scores: vocabulary.scores)
    merges = MergeTable(expectedCount: vocabulary.spellings.byteCount / 2)
    for id in pieces {
      let spelling = vocabulary.spellings.bytes(at: id)
      let heads = trie.prefixValues(of: spelling)
      let tails = reversed.prefixValues(of: spelling.reversed())
      for cut in 1..<max(1, spelling.count) {
        let (left, right) = (heads[cut], tails[spelling.count - cut])
        guard left >= 0, right >= 0 else { continue }
        merges.insert(left: left, right: right, Merge(rank: ranks[id], symbol: Int32(id)))
      }
    }
  }

  /// The rank of each id: 0 for the highest score, equal ranks for equal scores.
  private static func ranks(_ pieces: [Int], scores: [Float]) -> [UInt32] {
    var ranks = [UInt32](repeating: 0, count: scores.count)
    var rank: UInt32 = 0
    var last: Float?
    for id in pieces.sorted(by: { scores[$0] > scores[$1] }) {
      if let last, scores[id] < last { rank += 1 }
      last = scores[id]
      ranks[id] = rank
    }
    return ranks
  }
}
