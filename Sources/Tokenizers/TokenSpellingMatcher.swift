internal import Checkpoints

/// Finds spellings of selected tokens in a text: leftmost first, and the longest of those.
struct TokenSpellingMatcher: Sendable {
  /// A token and the bytes of its spelling.
  struct Match: Sendable, Equatable {
    var range: Range<Int>
    var id: Int32
  }

  private var trie = ByteTrie()
  /// Whether any spelling begins with that byte.
  private var isFirstByte = [Bool](repeating: false, count: 256)
  /// Whether there is nothing to match.
  private(set) var isEmpty = true

  /// - Parameters:
  ///   - vocabulary: supplies spellings and kinds.
  ///   - spelledAs: how a token is spelled in the texts, given its spelling in the vocabulary.
  ///   - includes: whether the token with that id and kind is matched.
  init(
    _ vocabulary: TokenVocabulary,
    spelledAs: (ArraySlice<UInt8>) -> ArraySlice<UInt8> = { $0 },
    includes: (Int32, TokenKind) -> Bool
  ) {
    for id in 0..<vocabulary.count where includes(Int32(id), vocabulary.kinds[id]) {
      insert(spelledAs(vocabulary.spellings.bytes(at: id)), id: Int32(id))
    }
  }

  private mutating func insert(_ spelling: ArraySlice<UInt8>, id: Int32) {
    guard let first = spelling.first else { return }
    trie.insert(spelling, value: id)
    isFirstByte[Int(first)] = true
    isEmpty = false
  }

  /// All matches in order; they do not overlap.
  func matches(in bytes: [UInt8]) -> [Match] {
    var matches: [Match] = []
    var index = 0
    while index < bytes.count {
      if let (id, end) = match(in: bytes, at: index) {
        matches.append(Match(range: index..<end, id: id))
        index = end
      } else {
        index += 1
      }
    }
    return matches
  }

  /// The longest spelling that begins at `index`, or nil.
  @inline(__always)
  func match(in bytes: [UInt8], at index: Int) -> (id: Int32, end: Int)? {
    guard isFirstByte[Int(bytes[index])] else { return nil }
    return trie.longestMatch(in: bytes, from: index)
  }
}
