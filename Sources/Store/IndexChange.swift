/// A document with all that the store keeps of it.
package struct EmbeddedDocument: Sendable {
  package var record: DocumentRecord
  /// Passages in the order of the document.
  package var chunks: [ChunkRecord]
  /// Row-major `[chunks, dimension]`, normalised to length 1.
  package var vectors: [Float]

  package init(record: DocumentRecord, chunks: [ChunkRecord], vectors: [Float]) {
    self.record = record
    self.chunks = chunks
    self.vectors = vectors
  }
}

/// One change to what is known of a path.
package enum IndexChange: Sendable {
  /// The document takes the place of what was known of its path.
  case replace(EmbeddedDocument)
  /// The path gets the passages of equal bytes that are indexed already.
  case link(DocumentRecord)
  /// The file could not be indexed.
  case skip(DocumentRecord, reason: String)
  /// The file has a new time of modification and the same bytes.
  case touch(path: String, modifiedNanoseconds: Int64)
}
