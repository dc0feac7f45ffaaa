package import RAG
internal import Bytes
internal import Documents
package import Store

/// Measures how well an index finds the paragraph that answers each question of a dataset.
///
/// The paragraphs go through the real store, one chunk each (truncated at the encoder's limit, as
/// in the reference implementation), and each question goes through the real search.
package struct RetrievalEvaluation {
  package let dataset: SQuADDataset
  private let encoder: any SentenceEncoder

  package init(dataset: SQuADDataset, encoder: any SentenceEncoder) {
    self.dataset = dataset
    self.encoder = encoder
  }

  /// The metrics of each mode.
  ///
  /// - Parameters:
  ///   - modes: the modes to measure, in this order.
  ///   - progress: called after each question with the number done and the total.
  /// - Returns: a row for each mode.
  /// - Throws: what the store and the encoder throw.
  package func run(
    modes: [SearchMode], progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [(mode: SearchMode, metrics: RankingMetrics)] {
    try withIndexedParagraphs { store in
      let retriever = Retriever(store: store, encoder: encoder)
      // A question that no paragraph answers has no paragraph to find.
      let questions = dataset.questions.filter { !$0.isImpossible }
      let total = modes.count * questions.count
      var done = 0
      return try modes.map { mode in
        var metrics = RankingMetrics()
        for question in questions {
          let passages = try retriever.retrieve(question.text, mode: mode, limit: 10).passages
          let wanted = Self.path(ofParagraph: question.paragraph)
          metrics.add(rank: passages.firstIndex { $0.citation.path == wanted }.map { $0 + 1 })
          done += 1
          progress(done, total)
        }
        return (mode, metrics)
      }
    }
  }

  static func path(ofParagraph index: Int) -> String { "/paragraph-\(index)" }

  /// Indexes the paragraphs in a temporary file, which is removed afterwards.
  package func withIndexedParagraphs<Result>(
    _ body: (IndexStore) throws -> Result
  ) throws -> Result {
    try withTemporaryIndexes(for: encoder) { create in
      let store = try create()
      try insertParagraphs(into: store)
      return try body(store)
    }
  }

  private func insertParagraphs(into store: IndexStore) throws {
    for start in stride(from: 0, to: dataset.paragraphs.count, by: 16) {
      let indices = start..<min(start + 16, dataset.paragraphs.count)
      let vectors = try encoder.vectors(of: indices.map { dataset.paragraphs[$0] }).vectors
      for index in indices {
        let row = (index - start) * encoder.dimension
        try insert(
          paragraph: index, vector: Array(vectors[row..<row + encoder.dimension]), into: store)
      }
    }
  }

  private func insert(paragraph index: Int, vector: [Float], into store: IndexStore) throws {
    let text = dataset.paragraphs[index]
    let bytes = Array(text.utf8)
    let record = DocumentRecord(
      path: Self.path(ofParagraph: index), type: "text", sha256: try sha256Hex(of: bytes),
      byteCount: bytes.count, modifiedNanoseconds: 0)
    let chunk = Chunk(
      text: text, byteRange: 0..<bytes.count, lineRange: 1...1,
      tokenCount: encoder.tokenCount(of: text))
    try store.replaceDocument(record, chunks: [chunk], vectors: vector)
  }
}
