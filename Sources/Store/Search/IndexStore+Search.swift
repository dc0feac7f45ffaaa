internal import Documents
internal import Foundation
internal import GRDB

// Search by vectors, by words, or both.

extension IndexStore {
  /// Minimum number of candidates that each list of a hybrid search contributes to the fusion.
  ///
  /// On the measured questions, more than 50 change nothing.
  static let fusionDepth = 100

  /// Maximum number of results, more than a person or a model reads; larger limits are reduced to
  /// it.
  package static let maximumLimit = 10_000

  /// Finds the passages that match a query best.
  ///
  /// Dense search is exact. All parts of one search read the same snapshot of the index.
  ///
  /// - Returns: at most `query.limit` passages, the best first; ties by the id of the chunk.
  /// - Throws: ``StoreError/invalidQuery(_:)`` for a vector of a wrong dimension or with elements
  ///   that are not finite, and for an empty path pattern. A text without words finds nothing by
  ///   keyword, which is not an error.
  package func search(_ query: SearchQuery) throws(StoreError) -> [Passage] {
    var query = query
    query.limit = min(query.limit, Self.maximumLimit)
    guard query.limit > 0 else { return [] }
    let patterns = try Self.patterns(query.filter)
    return try read { database in
      let allowed = try AllowedPassages.fetch(database, query.filter, patterns)
      let candidates: [Fusion.Candidate]
      switch query.mode {
      case .dense: candidates = try denseCandidates(database, query, query.limit, allowed)
      case .keyword: candidates = try keywordCandidates(database, query, query.limit, allowed)
      case .hybrid: candidates = try hybridCandidates(database, query, allowed)
      }
      return try candidates.prefix(query.limit).compactMap {
        try passage(database, $0, query.filter, patterns)
      }
    }
  }

  /// The largest cosine of each of several vectors with a chunk of a space, in one snapshot.
  ///
  /// - Parameters:
  ///   - vectors: each `[dimension]`, normalised to length 1.
  ///   - space: that they belong to.
  ///   - filter: the documents that count.
  /// - Returns: one number for each vector, in their order; nil where no chunk passes the filter.
  /// - Throws: as ``search(_:)``.
  package func bestCosines(
    _ vectors: [[Float]], in space: VectorSpace.Name, filter: SearchFilter = .none
  ) throws(StoreError) -> [Double?] {
    let patterns = try Self.patterns(filter)
    return try read { database in
      let allowed = try AllowedPassages.fetch(database, filter, patterns)
      let found = try nearest(database, vectors, in: space, limit: 1, allowed)
      return vectors.indices.map { $0 < found.count ? found[$0].first?.score : nil }
    }
  }

  /// Bytes of RAM that the loaded vectors take; 0 before the first search.
  package var loadedVectorByteCount: Int { vectorCache.byteCount }

  private static func patterns(_ filter: SearchFilter) throws(StoreError) -> [PathPattern] {
    var patterns: [PathPattern] = []
    for pattern in filter.paths { patterns.append(try PathPattern(pattern)) }
    return patterns
  }
}

// The three modes.
extension IndexStore {
  private func denseCandidates(
    _ database: Database, _ query: SearchQuery, _ limit: Int, _ allowed: AllowedPassages?
  ) throws -> [Fusion.Candidate] {
    let found = try nearest(database, [query.vector], in: query.space, limit: limit, allowed)
    return (found.first ?? []).enumerated().map { rank, match in
      Fusion.Candidate(
        chunkID: match.id, denseRank: rank + 1, cosine: match.score, score: match.score)
    }
  }

  /// The chunks nearest to each of several vectors, nearest first.
  ///
  /// - Returns: a list for each vector; none at all where the index lacks the space.
  private func nearest(
    _ database: Database, _ queries: [[Float]], in space: VectorSpace.Name, limit: Int,
    _ allowed: AllowedPassages?
  ) throws -> [[EmbeddingIndex.Match]] {
    let state = try IndexState.fetch(database, path: path)
    try requireExpected(state.identity)
    guard let space = state.identity.space(space) else { return [] }
    return try vectorCache.withIndex(database, state, space, path: path) { index in
      let vectors = try VectorTable(
        database, space: space.name, dimension: index.dimension, path: path)
      let isAllowed = allowed.map { allowed in
        { (key: Int64) in allowed.hasContent(key, in: space.name) }
      }
      let pictures = space.name == .text ? try allowed?.pictureIDs(database) ?? [] : []
      return try queries.map { query in
        guard query.count == index.dimension else {
          throw StoreError.invalidQuery(
            "the query's vector has \(query.count) elements, the index \(index.dimension)")
        }
        guard query.allSatisfy({ $0.isFinite }) else {
          throw StoreError.invalidQuery(
            "the query vector has an element that is not a finite number")
        }
        let found = try index.search(
          query, limit: limit, isAllowed: isAllowed,
          withVector: { id, body in try vectors.withVector(id, body) }
        ).matches
        return try merged(found, pictures, query, vectors, limit: limit)
      }
    }
  }

  /// The nearest of what was found and of some chunks more; ties by the id of the chunk.
  private func merged(
    _ found: [EmbeddingIndex.Match], _ others: [Int64], _ query: [Float], _ vectors: VectorTable,
    limit: Int
  ) throws -> [EmbeddingIndex.Match] {
    guard !others.isEmpty else { return found }
    let wide = query.map(Double.init)
    let more = try others.compactMap { id in
      try vectors.withVector(id) { innerProduct(wide, $0) }
        .map { EmbeddingIndex.Match(id: id, score: $0) }
    }
    let all = (found + more).sorted { ($1.score, $0.id) < ($0.score, $1.id) }
    return Array(all.prefix(limit))
  }

  private func keywordCandidates(
    _ database: Database, _ query: SearchQuery, _ limit: Int, _ allowed: AllowedPassages?
  ) throws -> [Fusion.Candidate] {
    let expression = try KeywordQuery.expression(for: query.text) {
      try indexLanguages(database)
    }
    guard let expression else { return [] }
    var sql = "SELECT rowid, bm25(chunkText) AS cost FROM chunkText WHERE chunkText MATCH ?"
    var arguments: StatementArguments = [expression]
    if let allowed {
      let condition = allowed.condition
      sql += " AND rowid IN " + condition.sql
      arguments += condition.arguments
    }
    sql += " ORDER BY cost, rowid LIMIT ?"
    arguments += [limit]
    let rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
    return try rows.enumerated().map { rank, row in
      // FTS5's bm25() is negative: smaller is better.
      let score = -(try row.decode(Double.self, atIndex: 1))
      return Fusion.Candidate(
        chunkID: try row.decode(atIndex: 0), keywordRank: rank + 1, bm25: score, score: score)
    }
  }

  private func hybridCandidates(
    _ database: Database, _ query: SearchQuery, _ allowed: AllowedPassages?
  ) throws -> [Fusion.Candidate] {
    let depth = max(Self.fusionDepth, 2 * query.limit)
    let dense = try denseCandidates(database, query, depth, allowed)
    let keyword = try keywordCandidates(database, query, depth, allowed)
    var candidates = Dictionary(dense.map { ($0.chunkID, $0) }, uniquingKeysWith: { a, _ in a })
    let vectors = try VectorTable(
      database, space: query.space, dimension: query.vector.count, path: path)
    let wide = query.vector.map(Double.init)
    for var found in keyword {
      if let known = candidates[found.chunkID] {
        found.denseRank = known.denseRank
        found.cosine = known.cosine
      } else {
        found.cosine = try vectors.withVector(found.chunkID) { innerProduct(wide, $0) }
      }
      candidates[found.chunkID] = found
    }
    return query.fusion.ordered(Array(candidates.values))
  }
}

// Filters and results.
extension IndexStore {
  /// Whether any indexed document passes a filter.
  ///
  /// - Complexity: O(documents).
  package func hasDocument(passing filter: SearchFilter) throws(StoreError) -> Bool {
    let patterns = try Self.patterns(filter)
    return try read { database in
      try AllowedPassages.fetch(database, filter, patterns)?.isEmpty == false
    }
  }

  private func passage(
    _ database: Database, _ candidate: Fusion.Candidate, _ filter: SearchFilter,
    _ patterns: [PathPattern]
  ) throws -> Passage? {
    let chunkRow = try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT \(ChunkTable.columns), chunk.contentID FROM \(ChunkTable.source) WHERE id = ?"),
      arguments: [candidate.chunkID])
    guard let chunkRow else { return nil }
    let content: Int64 = try chunkRow.decode(atIndex: ChunkTable.columnCount)
    let documents = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT \(DocumentTable.columns) FROM \(DocumentTable.source)"
          + " WHERE document.contentID = ? ORDER BY path"),
      arguments: [content]
    ).map { try DocumentTable.decode($0) }
    let chunk = try ChunkTable.decode(chunkRow, path: path)
    let isPicture = filter.hasPictures && chunk.modality == .picture
    let passing = documents.filter {
      (isPicture || filter.hasType($0.record.type)) && filter.hasPath($0.path, patterns)
    }
    guard let first = passing.first else { return nil }
    return Passage(
      citation: Citation(chunk, of: first.record), text: chunk.text, score: candidate.score,
      cosine: candidate.cosine, denseRank: candidate.denseRank,
      keywordRank: candidate.keywordRank,
      alsoAt: passing.dropFirst().map { Citation(chunk, of: $0.record) })
  }
}
