package import Documents

/// A document with its chunks and their vectors: everything that the store keeps of it.
package struct EmbeddedDocument: Sendable {
  package var record: DocumentRecord
  /// Chunks in document order.
  package var chunks: [Chunk]
  /// The vectors of each space, at most one entry a space.
  package var vectors: [SpaceVectors]
  /// Language, length and model of a recording; nil for other documents.
  package var recording: RecordingDetails?

  package init(
    record: DocumentRecord, chunks: [Chunk], vectors: [SpaceVectors],
    recording: RecordingDetails? = nil
  ) {
    self.record = record
    self.chunks = chunks
    self.vectors = vectors
    self.recording = recording
  }

  /// A document whose chunks all have a vector in the text space, and no other vectors.
  ///
  /// - Parameters:
  ///   - record: the file.
  ///   - chunks: in document order.
  ///   - vectors: row-major `[chunks, dimension]`, normalised to length 1.
  package init(record: DocumentRecord, chunks: [Chunk], vectors: [Float]) {
    self.init(
      record: record, chunks: chunks,
      vectors: [SpaceVectors(space: .text, firstOrdinal: 0, elements: vectors)])
  }
}

/// The vectors of consecutive chunks of a document in one space.
///
/// The chunks of a document that have a vector in a space must be consecutive. A document with
/// text, captioned pictures and pictures without a caption, in this order, satisfies that for the
/// text space and for the picture space.
package struct SpaceVectors: Sendable, Equatable {
  package var space: VectorSpace.Name
  /// Ordinal of the first chunk that has a vector.
  package var firstOrdinal: Int
  /// Row-major `[chunks with a vector, dimension]`, normalised to length 1.
  package var elements: [Float]

  package init(space: VectorSpace.Name, firstOrdinal: Int, elements: [Float]) {
    self.space = space
    self.firstOrdinal = firstOrdinal
    self.elements = elements
  }
}

/// One change to what the index records for a path.
package enum IndexChange: Sendable {
  /// Stores the document in place of whatever was recorded for its path.
  case replace(EmbeddedDocument)
  /// Stores the document and its chunks in place of indexed content with the same bytes and type, for
  /// every path that has it.
  case renew(EmbeddedDocument)
  /// Adds vectors in a space in which the indexed content of the record's bytes and type has none:
  /// those of pictures that waited for their model.
  case addVectors(SpaceVectors, to: DocumentRecord)
  /// Links the path to the content of an already indexed file with the same bytes and type.
  case link(DocumentRecord)
  /// Records that the file could not be indexed.
  case skip(DocumentRecord, reason: String)
  /// Records a new modification time for a file whose bytes are unchanged.
  case touch(path: String, modifiedNanoseconds: Int64)
}
