/// Which of the two searches answer a query.
package enum SearchMode: String, Sendable, CaseIterable {
  /// Both, their lists joined by ``Fusion``.
  case hybrid
  /// The vectors alone: passages that mean the same.
  case dense
  /// The words alone: passages that say the same.
  case keyword
}

/// Restricts a search to some documents, before anything is ranked.
package struct SearchFilter: Sendable, Equatable {
  /// A document passes when one of its paths matches one of these; all pass when there are none.
  ///
  /// See ``PathPattern`` for what a pattern matches.
  package var paths: [String]
  /// Document types that pass, as in ``DocumentRecord/type``; all when there are none.
  package var types: [String]

  package init(paths: [String] = [], types: [String] = []) {
    self.paths = paths
    self.types = types
  }

  package static let none = SearchFilter()
  var isEmpty: Bool { paths.isEmpty && types.isEmpty }
}

/// What to search for.
package struct SearchQuery: Sendable {
  /// The user's words.
  ///
  /// Never syntax: quotes, operators and wildcards are words or nothing.
  package var text: String
  /// The embedding of the words, `[dimension]`, normalised to length 1; not used in keyword mode.
  package var vector: [Float]
  package var mode: SearchMode
  /// How many passages to return.
  package var limit: Int
  package var filter: SearchFilter
  package var fusion: Fusion

  package init(
    text: String, vector: [Float] = [], mode: SearchMode = .hybrid, limit: Int = 10,
    filter: SearchFilter = .none, fusion: Fusion = .default
  ) {
    self.text = text
    self.vector = vector
    self.mode = mode
    self.limit = limit
    self.filter = filter
    self.fusion = fusion
  }
}

/// A passage that a search found.
package struct SearchHit: Sendable, Equatable {
  package let chunk: StoredChunk
  /// The document of the passage; of several copies that pass the filter the first by path.
  package let document: StoredDocument
  /// The paths of the other copies that pass the filter.
  package let otherPaths: [String]
  /// What the list is ordered by, descending: the cosine (dense), BM25 (keyword) or the fused score
  /// (hybrid).
  ///
  /// Scores of different modes or queries cannot be compared.
  package let score: Double
  /// 1-based place in the dense list; nil when it was not among its candidates.
  package let denseRank: Int?
  /// Cosine of the passage's and the query's vector; in hybrid mode known for every hit.
  package let cosine: Double?
  /// 1-based place in the keyword list; nil when it was not among its candidates.
  package let keywordRank: Int?
  /// BM25 score, larger is better; nil when it was not among the keyword candidates.
  package let bm25: Double?
}
