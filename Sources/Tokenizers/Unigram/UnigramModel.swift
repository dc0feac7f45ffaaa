internal import Checkpoints

/// The pieces of a unigram language model, and the most probable segmentation of a word.
///
/// - Source: Kudo 2018, arXiv:1804.10959, section 3.2; sentencepiece `unigram_model.cc`.
struct UnigramModel: Sendable {
  /// The function of a piece; only `normal` pieces are found in text.
  enum Kind: Int32, Sendable {
    case normal = 1
    case unknown = 2
    case control = 3
    case unused = 5
  }

  /// The spelling of each id.
  let pieces: StringArray
  /// The logarithm of each piece's probability.
  let scores: [Double]
  let kinds: [Kind]
  /// The id of text that no piece spells.
  let unknown: Int32
  /// The score of a character that no piece spells: ten below the least of all pieces, as
  /// sentencepiece has it (`kUnkPenalty`).
  private let unknownScore: Double
  private let trie: ByteTrie

  /// - Parameters:
  ///   - pieces: the spelling of each id. Of two equal spellings the later id is used.
  ///   - scores: as many.
  ///   - kinds: as many; only `normal` pieces are found in text.
  ///   - unknown: an id.
  init(pieces: StringArray, scores: [Double], kinds: [Kind], unknown: Int32) {
    self.pieces = pieces
    self.scores = scores
    self.kinds = kinds
    self.unknown = unknown
    // Unused rows of a GGUF file have a score of their own, which no vocabulary has.
    let used = zip(scores, kinds).lazy.filter { $0.1 != .unused }.map(\.0)
    unknownScore = (used.min() ?? 0) - 10
    var trie = ByteTrie(expectedNodeCount: pieces.byteCount / 2)
    for id in pieces.indices where kinds[id] == .normal && !pieces.bytes(at: id).isEmpty {
      trie.insert(pieces.bytes(at: id), value: Int32(id))
    }
    self.trie = trie
  }

  /// Room for the segmentation of words, used again for each.
  struct Workspace {
    fileprivate var scores: [Double] = []
    /// The start of the best last piece of each prefix, -1 where no segmentation reaches it.
    fileprivate var starts: [Int32] = []
    fileprivate var ids: [Int32] = []
  }

  /// Appends the ids of the segmentation of `word` with the largest sum of scores.
  ///
  /// Of equal sums the one found first wins, and neighbouring unknown characters become one id, as in
  /// Hugging Face's `tokenizers`.
  ///
  /// - Parameters:
  ///   - word: valid UTF-8.
  ///   - workspace: room.
  ///   - ids: receives the ids.
  /// - Complexity: O(bytes × the longest piece).
  func encode(_ word: [UInt8], _ workspace: inout Workspace, into ids: inout [Int32]) {
    let count = word.count
    guard count > 0 else { return }
    workspace.prepare(count)
    var start = 0
    while start < count {
      let reached = workspace.scores[start]
      let characterEnd = min(start + scalarByteCount(word[start]), count)
      var hasCharacter = false
      trie.forEachMatch(in: word, from: start) { id, end in
        workspace.offer(reached + scores[Int(id)], id, start: start, end: end)
        if end == characterEnd { hasCharacter = true }
      }
      if !hasCharacter {
        workspace.offer(reached + unknownScore, unknown, start: start, end: characterEnd)
      }
      start = characterEnd
    }
    workspace.appendBest(count, unknown: unknown, to: &ids)
  }
}

extension UnigramModel.Workspace {
  fileprivate mutating func prepare(_ count: Int) {
    if scores.count <= count {
      let room = max(64, 2 * count)
      scores = [Double](repeating: 0, count: room)
      starts = [Int32](repeating: -1, count: room)
      ids = [Int32](repeating: 0, count: room)
    }
    scores[0] = 0
    for index in 1...count { starts[index] = -1 }
  }

  @inline(__always)
  fileprivate mutating func offer(_ score: Double, _ id: Int32, start: Int, end: Int) {
    if starts[end] < 0 || score > scores[end] {
      scores[end] = score
      starts[end] = Int32(start)
      ids[end] = id
    }
  }

  /// Walks back from the end of the word, and appends the ids in the order of the text.
  fileprivate func appendBest(_ count: Int, unknown: Int32, to result: inout [Int32]) {
    let first = result.count
    var end = count
    while end > 0 {
      if ids[end] != unknown || result.count == first || result.last != unknown {
        result.append(ids[end])
      }
      end = Int(starts[end])
    }
    result[first...].reverse()
  }
}
