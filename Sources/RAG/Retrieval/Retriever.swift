package import Store

/// How passages are found.
public enum RetrievalMode: String, Sendable, CaseIterable, Codable {
  /// By vectors and by words, the two rankings fused.
  case hybrid
  /// By vectors: passages that mean the same.
  case dense
  /// By words: passages that say the same.
  case keyword
}

/// Restricts a search to some documents.
public struct RetrievalFilter: Sendable, Equatable {
  /// Folders, files or patterns such as `*.pdf`; all documents when empty.
  public var paths: [String]
  /// `text`, `markdown`, `html`, `docx`, `pdf`; all when empty.
  public var types: [String]

  /// - Parameters:
  ///   - paths: folders, files or patterns.
  ///   - types: document types.
  public init(paths: [String] = [], types: [String] = []) {
    self.paths = paths
    self.types = types
  }
}

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
    _ text: String, mode: RetrievalMode, limit: Int, filter: RetrievalFilter = .init()
  ) throws -> Retrieval {
    let vector = mode == .keyword ? nil : try encoder.vector(of: text)
    let storeMode: SearchMode =
      switch mode {
      case .hybrid: .hybrid
      case .dense: .dense
      case .keyword: .keyword
      }
    let hits = try store.search(
      SearchQuery(
        text: text, vector: vector ?? [], mode: storeMode, limit: limit,
        filter: SearchFilter(paths: filter.paths, types: filter.types)))
    return Retrieval(passages: hits.map(Passage.init), queryVector: vector)
  }
}

extension Passage {
  init(_ hit: SearchHit) {
    self.init(
      citation: Citation(hit.chunk, path: hit.document.path, document: hit.document.record),
      text: hit.chunk.text, score: hit.score, cosine: hit.cosine, denseRank: hit.denseRank,
      keywordRank: hit.keywordRank,
      alsoAt: hit.otherPaths.map {
        Citation(hit.chunk, path: $0, document: hit.document.record)
      })
  }
}

extension Citation {
  init(_ chunk: StoredChunk, path: String, document: DocumentRecord) {
    self.init(
      path: path, title: document.title, type: document.type, page: chunk.record.page,
      lines: chunk.record.lineRange, heading: chunk.record.heading,
      textBytes: chunk.record.byteRange, sourceBytes: chunk.record.sourceByteRange,
      documentSHA256: document.sha256)
  }
}
