package import Store

/// Finds the passages of an index that bear on a question.
package struct Retriever: Sendable {
  let store: IndexStore
  let encoder: any SentenceEncoder

  package init(store: IndexStore, encoder: any SentenceEncoder) {
    self.store = store
    self.encoder = encoder
  }

  /// The query vector for `text` in `mode`; empty in keyword mode, which compares words only.
  package func vector(of text: String, mode: SearchMode) throws -> [Float] {
    mode == .keyword ? [] : try encoder.vector(of: text)
  }

  /// Searches the index.
  ///
  /// - Parameters:
  ///   - text: the question or words; never query syntax.
  ///   - mode: by vectors, by words, or both.
  ///   - limit: maximum number of passages.
  ///   - filter: which documents may be found.
  ///   - vector: the embedding of `text`, if the caller has computed it already.
  /// - Returns: at most `limit` passages, the best first.
  /// - Throws: `StoreError`, and whatever the encoder throws.
  package func passages(
    for text: String, mode: SearchMode, limit: Int, filter: SearchFilter = .none,
    vector: [Float]? = nil
  ) throws -> [Passage] {
    try store.search(
      SearchQuery(
        text: text, vector: try vector ?? self.vector(of: text, mode: mode), mode: mode,
        limit: limit, filter: filter))
  }
}
