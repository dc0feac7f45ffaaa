internal import Documents
internal import GRDB

// Search in the space of pictures.

extension IndexStore {
  /// Whether any chunk has a vector in a space.
  package func hasVectors(in space: VectorSpace.Name) throws(StoreError) -> Bool {
    try read { database in
      try Bool.fetchOne(
        database,
        sql: "SELECT EXISTS (SELECT 1 FROM quantizedVectors WHERE spaceID = ?)",
        arguments: [space.id]) ?? false
    }
  }

  /// Finds the pictures nearest to a vector, and compares each with other vectors.
  ///
  /// - Parameters:
  ///   - query: a dense query of the space of pictures.
  ///   - others: vectors `[dimension]` of the same space, normalised to length 1.
  /// - Returns: the pictures, nearest first, with their cosine in `pictureCosine` and with the
  ///   cosines of `others`, in their order.
  /// - Throws: as ``search(_:)``.
  package func searchPictures(
    _ query: SearchQuery, comparingWith others: [[Float]]
  ) throws(StoreError) -> [(passage: Passage, cosines: [Double])] {
    let wide = others.map { $0.map(Double.init) }
    return try searchWithIDs(query) { database, id, passage in
      let vectors = try VectorTable(
        database, space: query.space, dimension: query.vector.count, path: path)
      let cosines = try vectors.withVector(id) { elements in
        wide.map { innerProduct($0, elements) }
      }
      return (passage.asPictureResult(), cosines ?? [])
    }
  }
}

extension Passage {
  /// The passage with its cosine marked as one of the space of pictures.
  fileprivate func asPictureResult() -> Passage {
    var result = Passage(
      citation: citation, text: text, score: score, cosine: nil, denseRank: nil, keywordRank: nil,
      alsoAt: alsoAt)
    result.pictureCosine = cosine
    return result
  }

  /// Whether two results are the same picture of the same document.
  package func isSamePicture(as other: Passage) -> Bool {
    citation.isPicture && other.citation.isPicture
      && citation.documentSHA256 == other.citation.documentSHA256
      && citation.picture?.origin == other.citation.picture?.origin
  }

  /// Takes over how another search found the same chunk by its words.
  package mutating func takeRanks(of other: Passage) {
    cosine = other.cosine
    denseRank = other.denseRank
    keywordRank = other.keywordRank
  }
}
