package import Media
package import Store

/// The result of a search.
package struct Retrieval: Sendable {
  /// The passages, best first.
  package let passages: [Passage]
  /// The embedding of the searched text, `[dimension]`; nil where only words were searched.
  package let queryVector: [Float]?
}

/// Finds the passages and pictures of an index that bear on a question.
package struct Retriever: Sendable {
  let store: IndexStore
  let encoder: any SentenceEncoder
  private let pictures: PictureSearch

  /// - Parameters:
  ///   - store: the index.
  ///   - encoder: embeds questions for the search of texts.
  ///   - model: embeds questions for the search of pictures; without one, only their captions are
  ///     searched.
  package init(
    store: IndexStore, encoder: any SentenceEncoder, pictures model: PictureModel = PictureModel()
  ) {
    self.store = store
    self.encoder = encoder
    pictures = PictureSearch(store: store, model: model)
  }

  /// Finds the passages and pictures that bear most on a text.
  ///
  /// - Parameters:
  ///   - text: a question or words; never query syntax.
  ///   - mode: by vectors, by words, or both. By words alone, pictures are found by their captions.
  ///     Both becomes words alone for a text in a script that the encoder does not know.
  ///   - limit: how many passages at most.
  ///   - filter: the documents that may be found.
  /// - Returns: passages and pictures in one ranking, best first, and the embedding of `text`.
  /// - Throws: `StoreError`, and the errors of the encoder.
  package func retrieve(
    _ text: String, mode: SearchMode, limit: Int, filter: SearchFilter = .none
  ) throws -> Retrieval {
    let fit = encoder.fit(of: text)
    // Vectors of unknown pieces would only disturb the order by words.
    let mode = mode == .hybrid && fit == .none ? .keyword : mode
    let vector = mode == .keyword ? nil : try encoder.vector(of: text)
    let passages = try store.search(
      SearchQuery(
        text: text, vector: vector ?? [], mode: mode, limit: limit, filter: filter,
        fusion: .relativeScore(denseWeight: 0.5, cosineFloor: encoder.cosineFloor)))
    let shown =
      mode == .keyword
      ? [] : try pictures.pictures(for: text, filter: filter)
    return Retrieval(
      passages: MergedRanking.merged(
        question: text, passages: passages, pictures: shown, limit: limit,
        rule: encoder.evidenceRule(for: fit)),
      queryVector: vector)
  }

  /// Finds the pictures most like another, each followed by the text beside it in its document.
  ///
  /// - Parameters:
  ///   - picture: any picture.
  ///   - limit: how many results at most.
  ///   - filter: the documents that may be found.
  /// - Returns: pictures, best first, and texts; none without a picture model.
  /// - Throws: `StoreError`, and the errors of the model.
  package func retrieve(
    like picture: Picture, limit: Int, filter: SearchFilter = .none
  ) throws -> [Passage] {
    // A file and the pages that refer to it are one result.
    let found = DuplicatePictures.merged(
      try pictures.pictures(like: picture, limit: limit * 4, filter: filter))
    var passages: [Passage] = []
    for picture in found {
      if passages.count >= limit { break }
      passages.append(picture)
      for citation in [picture.citation] + picture.alsoAt {
        guard var text = try store.text(near: citation),
          !passages.contains(where: { $0.citation == text.citation })
        else { continue }
        text.score = picture.score
        passages.append(text)
      }
    }
    return Array(passages.prefix(limit))
  }
}
