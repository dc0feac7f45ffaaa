package import Documents

/// A document with its chunks and their vectors: everything that the store keeps of it.
package struct EmbeddedDocument: Sendable {
  package var record: DocumentRecord
  /// Chunks in document order.
  package var chunks: [Chunk]
  /// Row-major `[chunks, dimension]`, normalised to length 1.
  package var vectors: [Float]

  package init(record: DocumentRecord, chunks: [Chunk], vectors: [Float]) {
    self.record = record
    self.chunks = chunks
    self.vectors = vectors
  }
}

/// One change to what the index records for a path.
package enum IndexChange: Sendable {
  /// Stores the document in place of whatever was recorded for its path.
  case replace(EmbeddedDocument)
  /// Links the path to the content of an already indexed file with the same bytes and type.
  case link(DocumentRecord)
  /// Records that the file could not be indexed.
  case skip(DocumentRecord, reason: String)
  /// Records a new modification time for a file whose bytes are unchanged.
  case touch(path: String, modifiedNanoseconds: Int64)
}
