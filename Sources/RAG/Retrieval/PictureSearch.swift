internal import Media
internal import Store
internal import Synchronization

/// Finds pictures that a text describes, and pictures that are like another.
final class PictureSearch: Sendable {
  private let store: IndexStore
  private let model: PictureModel
  /// The vectors of the neutral texts, row-major; computed for the first question.
  private let neutralVectors = Mutex<[[Float]]?>(nil)

  /// The most pictures that are shown for a question; copies are merged afterwards.
  private static let depth = 50

  init(store: IndexStore, model: PictureModel) {
    self.store = store
    self.model = store.adopting(model)
  }

  /// The pictures that a text describes, most probable first.
  ///
  /// - Parameters:
  ///   - text: a question or a description.
  ///   - filter: the documents that may be found.
  /// - Returns: pictures with a probability of at least ``PictureRelevance/threshold``; none where no
  ///   picture shows it.
  /// - Throws: `StoreError`, and the errors of the model.
  func pictures(for text: String, filter: SearchFilter) throws -> [Passage] {
    // An index without pictures needs no picture model.
    guard try store.hasVectors(in: .picture), let embedder = try model.get() else { return [] }
    let query = SearchQuery(
      text: text, vector: try embedder.vector(ofText: text), space: .picture, mode: .dense,
      limit: Self.depth, filter: filter)
    let relevance = PictureRelevance(
      logitScale: Double(embedder.logitScale),
      neutralLevel: try neutralLevel(embedder, filter: filter))
    return try store.searchPictures(query).map { passage in
      var passage = passage
      passage.pictureRelevance = relevance.probability(cosine: passage.pictureCosine ?? 0)
      return passage
    }.filter { $0.pictureRelevance ?? 0 >= PictureRelevance.threshold }
  }

  /// The mean, over the neutral texts, of the largest cosine with a picture that passes the filter.
  private func neutralLevel(
    _ embedder: any PictureEmbedder, filter: SearchFilter
  ) throws -> Double {
    let best = try store.bestCosines(neutral(embedder), in: .picture, filter: filter)
      .map { $0 ?? -1 }
    return best.reduce(0, +) / Double(max(1, best.count))
  }

  /// The pictures most like another, by the cosine of their vectors, best first.
  ///
  /// - Returns: none without a picture model.
  func pictures(like picture: Picture, limit: Int, filter: SearchFilter) throws -> [Passage] {
    guard let embedder = try model.get() else { return [] }
    let query = SearchQuery(
      text: "", vector: try embedder.vector(ofPicture: picture), space: .picture, mode: .dense,
      limit: limit, filter: filter)
    return try store.searchPictures(query)
  }

  private func neutral(_ embedder: any PictureEmbedder) throws -> [[Float]] {
    try neutralVectors.withLock { vectors in
      if let vectors { return vectors }
      let all = try embedder.vectors(ofTexts: PictureRelevance.neutralTexts).vectors
      let rows = stride(from: 0, to: all.count, by: embedder.dimension).map {
        Array(all[$0..<$0 + embedder.dimension])
      }
      vectors = rows
      return rows
    }
  }
}
