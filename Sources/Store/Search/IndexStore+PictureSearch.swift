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

  /// Finds the pictures nearest to a vector.
  ///
  /// - Parameter query: a dense query of the space of pictures.
  /// - Returns: the pictures, nearest first, with their cosine in `pictureCosine`.
  /// - Throws: as ``search(_:)``.
  package func searchPictures(_ query: SearchQuery) throws(StoreError) -> [Passage] {
    try search(query).map { $0.asPictureResult() }
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
