package import Store

/// The result of a search.
package struct Retrieval: Sendable {
  /// The passages, best first.
  package let passages: [Passage]
  /// The embedding of the searched text, `[dimension]`; nil where only words were searched.
  package let queryVector: [Float]?
}

/// Finds the passages of an index that bear on a question.
package struct Retriever: Sendable {
  let store: IndexStore
  let encoder: any SentenceEncoder

  package init(store: IndexStore, encoder: any SentenceEncoder) {
    self.store = store
    self.encoder = encoder
  }

  /// Finds the passages that bear most on a text.
  ///
  /// - Parameters:
  ///   - text: a question or words; never query syntax.
  ///   - mode: by vectors, by words, or both.
  ///   - limit: how many passages at most.
  ///   - filter: the documents that may be found.
  /// - Returns: the passages, best first, and the embedding of `text`.
  /// - Throws: `StoreError`, and the errors of the encoder.
  package func retrieve(
    _ text: String, mode: SearchMode, limit: Int, filter: SearchFilter = .none
  ) throws -> Retrieval {
    let vector = mode == .keyword ? nil : try encoder.vector(of: text)
    let passages = try store.search(
      SearchQuery(text: text, vector: vector ?? [], mode: mode, limit: limit, filter: filter))
    return Retrieval(passages: passages, queryVector: vector)
  }
}
