// SentencePiece's byte-pair encoding: the tables that a vocabulary of pieces and scores becomes.
internal import Checkpoints

/// The tables of a SentencePiece BPE vocabulary.
///
/// A symbol is the id of a piece, or, for a character that occurs in pieces without being one
/// itself, a number behind the ids (`loneCharacters`).
///
/// Two neighbours merge when their spellings together are a piece; its score ranks the merge. All
/// such pairs are found once, at loading: every place at which a piece can be cut into two symbols.
///
/// - Source: Kudo & Richardson 2018, arXiv:1808.06226; sentencepiece `bpe_model.cc`.
struct SentencePieceModel: Sendable {
  /// U+2581, LOWER ONE EIGHTH BLOCK, which stands for a space in pieces.
  static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]

  /// Spelling to symbol, of pieces and lone characters.
  private(set) var trie: ByteTrie
  private(set) var merges = MergeTable()
  /// Symbols of U+0000 to U+007F, -1 where there is none.
  private(set) var asciiSymbols: [Int32] = []
  /// The symbol of U+2581, or -1.
  private(set) var spaceSymbol: Int32 = -1
  /// Symbols of characters that stand before a U+2581 within some piece.
  ///
  /// After all others no piece crosses into the next word, so words can be merged one by one.
  private(set) var symbolsBeforeSpace: Set<Int32> = []
  /// Spellings of the symbols from `pieceCount` on.
  private(set) var loneCharacters: [[UInt8]] = []
  let pieceCount: Int
  /// The token of each byte, -1 where there is none.
  let byteTokens: [Int32]
  let unknown: Int32?
  /// Pieces that are cut out of a text before anything else.
  let userDefined: SpecialTokenMatcher

  /// - Parameters:
  ///   - vocabulary: with a score for each token; spellings differ from each other.
  ///   - byteTokens: the token of each byte, or -1.
  ///   - unknown: for characters that neither pieces nor bytes can spell.
  init(_ vocabulary: TokenVocabulary, byteTokens: [Int32], unknown: Int32?) {
    pieceCount = vocabulary.count
    self.byteTokens = byteTokens
    self.unknown = unknown
    userDefined = SpecialTokenMatcher(vocabulary) { $0 == .userDefined }
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

  /// Control, unknown and byte tokens are no pieces: sentencepiece keeps them in a map of their own
  /// (`reserved_id_map_`), so that no text merges into them.
  private static func isMergeable(_ kind: TokenKind) -> Bool {
    switch kind {
    case .normal, .userDefined, .unused, .undefined: true
    case .unknown, .control, .byte: false
    }
  }

  /// Gives lone characters their symbols and notes what stands before a space.
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

  /// Every cut of every piece into two symbols is a merge.
  ///
  /// The symbols that begin a piece lie on its path in one trie, those that end it on the path of
  /// its reverse in another, so that the cost is O(bytes of all pieces).
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

  /// 0 for the highest score, equal ranks for equal scores; by id.
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

/// How many bytes the character has that begins with `first` in valid UTF-8.
@inline(__always)
func scalarByteCount(_ first: UInt8) -> Int {
  switch first {
  case ..<0xC0: 1
  case ..<0xE0: 2
  case ..<0xF0: 3
  default: 4
  }
}
