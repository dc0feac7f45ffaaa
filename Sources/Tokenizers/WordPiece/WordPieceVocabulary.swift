/// Ids and spellings of word pieces, and a trie that finds the longest piece at a position in a word.
///
/// Keys are bytes: Swift's `String` compares by canonical equivalence, under which "é" and "e" with a
/// combining accent are one key, but a vocabulary may contain both.
package struct WordPieceVocabulary: Sendable {
  /// All spellings, concatenated, including "##".
  private let spellings: [UInt8]
  /// `count + 1` offsets in `spellings`.
  private let spellingOffsets: [Int]
  private let trie: ByteTrie

  /// Number of ids.
  package var count: Int { spellingOffsets.count - 1 }

  /// The position of a piece in a word.
  enum Position: Int {
    /// At the start of a word: pieces without "##".
    case wordStart = 0
    /// Within a word: pieces spelled with "##", which is not part of the key.
    case continuation = 1
  }

  /// - Parameters:
  ///   - pieces: the spelling of each id in UTF-8, continuations with "##". Of two equal spellings
  ///     the later id is used, as in Hugging Face's `tokenizers`.
  ///   - specials: ids that text must not produce.
  package init(pieces: [[UInt8]], specials: Set<Int32>) {
    var spellings: [UInt8] = []
    var offsets = [0]
    for piece in pieces {
      spellings.append(contentsOf: piece)
      offsets.append(spellings.count)
    }
    var trie = ByteTrie(rootCount: 2, expectedNodeCount: spellings.count / 2)
    let continuationMark: [UInt8] = [UInt8(ascii: "#"), UInt8(ascii: "#")]
    for index in pieces.indices {
      let spelling = spellings[offsets[index]..<offsets[index + 1]]
      let id = Int32(index)
      if specials.contains(id) || spelling.isEmpty { continue }
      trie.insert(spelling, root: Position.wordStart.rawValue, value: id)
      if spelling.starts(with: continuationMark), spelling.count > 2 {
        trie.insert(spelling.dropFirst(2), root: Position.continuation.rawValue, value: id)
      }
    }
    self.spellings = spellings
    self.spellingOffsets = offsets
    self.trie = trie
  }

  /// The id of a piece by its exact spelling, including "##"; a linear search.
  package func id(of spelling: [UInt8]) -> Int32? {
    let index = (0..<count).last { index in
      spellings[spellingOffsets[index]..<spellingOffsets[index + 1]].elementsEqual(spelling)
    }
    return index.map(Int32.init)
  }

  /// The spelling of an id in UTF-8; nil for an id outside the vocabulary.
  package func spelling(of id: Int32) -> [UInt8]? {
    guard id >= 0, Int(id) < count else { return nil }
    return Array(spellings[spellingOffsets[Int(id)]..<spellingOffsets[Int(id) + 1]])
  }

  /// The longest piece that is a prefix of `word[start...]`.
  func longestPiece(in word: [UInt8], from start: Int, at position: Position) -> (
    id: Int32, end: Int
  )? {
    trie.longestMatch(in: word, from: start, root: position.rawValue)
  }
}
