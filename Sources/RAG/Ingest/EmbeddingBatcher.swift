/// Collects the chunks of documents into batches of similar cost, and returns each document as soon
/// as its last vector is computed.
///
/// Short documents share a batch, so that the matrix kernels have enough rows; a long one is split
/// over several, so that it does not delay progress reports and Ctrl-C.
package struct EmbeddingBatcher {
  /// Maximum number of tokens in a batch.
  ///
  /// Enough rows for full speed of the kernels, and few enough that the activations stay in the
  /// shared cache; `TextEmbedder` has the same limit for the same reason.
  static let batchTokenCount = 1024

  /// Maximum number of pictures that wait for their vectors.
  ///
  /// A prepared picture takes 0.6 MB and may have no caption, and so no token: the model takes this
  /// many at once.
  static let pictureCount = [PreparedPictureChunk].batchCount

  private struct Entry {
    let document: PreparedDocument
    var vectors: [Float] = []
    var embeddedChunkCount = 0
  }

  private var entries: [Entry] = []
  private(set) var waitingTokenCount = 0
  private(set) var waitingPictureCount = 0

  package init() {}

  /// Appends a document.
  package mutating func add(_ document: PreparedDocument) {
    entries.append(Entry(document: document))
    waitingTokenCount += document.tokenIDs.reduce(0) { $0 + $1.count }
    waitingPictureCount += document.pictures.count
  }

  /// Whether there are enough tokens or pictures for a full batch.
  package var isFull: Bool {
    waitingTokenCount >= Self.batchTokenCount || waitingPictureCount >= Self.pictureCount
  }
  /// Whether every document is complete.
  package var isEmpty: Bool { entries.isEmpty }

  /// Embeds one batch of the oldest chunks.
  ///
  /// - Returns: the documents whose texts have all their vectors, in order of addition, and the
  ///   number of embedded chunks and tokens.
  package mutating func embedBatch(
    with encoder: any SentenceEncoder
  ) throws -> (complete: [(PreparedDocument, [Float])], chunkCount: Int, tokenCount: Int) {
    var sequences: [[Int32]] = []
    var owners: [Int] = []
    var tokenCount = 0
    collecting: for (index, entry) in entries.enumerated() {
      for ids in entry.document.tokenIDs[entry.embeddedChunkCount...] {
        if !sequences.isEmpty && tokenCount + ids.count > Self.batchTokenCount { break collecting }
        sequences.append(ids)
        owners.append(index)
        tokenCount += ids.count
      }
    }
    let vectors = sequences.isEmpty ? [] : try encoder.vectors(ofTokens: sequences)
    let dimension = encoder.dimension
    for (position, owner) in owners.enumerated() {
      entries[owner].vectors += vectors[position * dimension..<(position + 1) * dimension]
      entries[owner].embeddedChunkCount += 1
    }
    waitingTokenCount -= tokenCount
    let completeCount =
      entries.firstIndex { $0.embeddedChunkCount < $0.document.tokenIDs.count } ?? entries.count
    let complete = entries[..<completeCount].map { ($0.document, $0.vectors) }
    entries.removeFirst(completeCount)
    waitingPictureCount -= complete.reduce(0) { $0 + $1.0.pictures.count }
    return (complete, sequences.count, tokenCount)
  }
}
