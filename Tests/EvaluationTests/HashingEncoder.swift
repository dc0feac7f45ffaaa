import RAG

/// A cheap encoder for tests.
///
/// Each word adds to one of 64 places, so that texts with the same words
/// are close. Its tokens are words, framed by two special ones.
struct HashingEncoder: SentenceEncoder {
  let dimension = 64
  let maximumTokenCount = 32
  let modelHash = String(repeating: "0", count: 64)
  let modelName = "hashing"

  func tokenIDs(of text: String) -> [Int32] {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
    return [1]
      + words.map { word in
        // FNV-1a, because Swift's own hashes differ from run to run.
        let hash = word.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int32(hash % 10_000) + 3
      } + [2]
  }

  func vectors(ofTokens sequences: [[Int32]]) throws -> [Float] {
    sequences.flatMap { ids in
      var vector = [Float](repeating: 0, count: dimension)
      for id in ids { vector[Int(id) % dimension] += 1 }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return vector.map { $0 / norm }
    }
  }
}
