/// The combination of the dense list and the keyword list in a hybrid search.
package enum Fusion: Sendable, Equatable {
  /// `w * (cosine - floor) / (best cosine - floor) + (1 - w) * BM25 / best BM25`, with a BM25 of 0 for
  /// a passage that is not in the keyword list.
  ///
  /// The floor is the cosine of unrelated texts, which is 0 for most encoders.
  ///
  /// - Source: a convex combination of normalised scores; Bruch, Gai, Ingber, "An Analysis of
  ///   Fusion Functions for Hybrid Retrieval", 2023, arXiv:2210.11934.
  case relativeScore(denseWeight: Double, cosineFloor: Double = 0)

  /// `1 / (k + dense rank) + keywordWeight / (k + keyword rank)`.
  ///
  /// - Source: Cormack, Clarke, Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and
  ///   individual Rank Learning Methods", SIGIR 2009, where k = 60.
  case reciprocalRank(k: Double, keywordWeight: Double)

  /// Relative scores with equal weights, the better of the two rules (`Store.md` has the figures).
  package static let `default` = Fusion.relativeScore(denseWeight: 0.5)
  /// Reciprocal ranks with the parameters of the paper.
  package static let reciprocalRank60 = Fusion.reciprocalRank(k: 60, keywordWeight: 1)

  /// A chunk that is in at least one list.
  struct Candidate: Equatable {
    var chunkID: Int64
    var denseRank: Int?
    var cosine: Double?
    var keywordRank: Int?
    var bm25: Double?
    var score = 0.0
  }

  /// Scores the candidates and sorts them by score, ties by the id of the chunk.
  func ordered(_ candidates: [Candidate]) -> [Candidate] {
    let bestCosine = candidates.lazy.compactMap(\.cosine).max() ?? 0
    let bestBM25 = candidates.lazy.compactMap(\.bm25).max() ?? 0
    return
      candidates
      .map { candidate in
        var candidate = candidate
        candidate.score = score(candidate, bestCosine: bestCosine, bestBM25: bestBM25)
        return candidate
      }
      .sorted { ($1.score, $0.chunkID) < ($0.score, $1.chunkID) }
  }

  private func score(_ candidate: Candidate, bestCosine: Double, bestBM25: Double) -> Double {
    switch self {
    case .relativeScore(let denseWeight, let floor):
      // Without a cosine above the floor, no vector is near and only the words count.
      let dense =
        bestCosine > floor ? ((candidate.cosine ?? floor) - floor) / (bestCosine - floor) : 0
      let keyword = bestBM25 > 0 ? (candidate.bm25 ?? 0) / bestBM25 : 0
      return denseWeight * dense + (1 - denseWeight) * keyword
    case .reciprocalRank(let k, let keywordWeight):
      let dense = candidate.denseRank.map { 1 / (k + Double($0)) } ?? 0
      let keyword = candidate.keywordRank.map { keywordWeight / (k + Double($0)) } ?? 0
      return dense + keyword
    }
  }
}
