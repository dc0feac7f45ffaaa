/// A passage of a document, as the chunker cut it.
///
/// Its ordinal is its place in the array.
package struct ChunkRecord: Sendable, Equatable {
  /// The passage's text.
  package var text: String
  /// Bytes in the document's extracted text (UTF-8).
  package var byteRange: Range<Int>
  /// Bytes in the file itself, when the extracted text is the file's own.
  package var sourceByteRange: Range<Int>?
  /// 1-based page, for a document that has pages.
  package var page: Int?
  /// 1-based lines of the extracted text.
  package var lineRange: ClosedRange<Int>
  /// The path of headings above the passage, as `A > B`.
  package var heading: String?
  /// Tokens of the embedding model, special tokens included.
  package var tokenCount: Int

  package init(
    text: String, byteRange: Range<Int>, sourceByteRange: Range<Int>? = nil, page: Int? = nil,
    lineRange: ClosedRange<Int>, heading: String? = nil, tokenCount: Int
  ) {
    self.text = text
    self.byteRange = byteRange
    self.sourceByteRange = sourceByteRange
    self.page = page
    self.lineRange = lineRange
    self.heading = heading
    self.tokenCount = tokenCount
  }
}

/// A passage as the store returns it.
package struct StoredChunk: Sendable, Equatable, Identifiable {
  package let id: Int64
  /// 0-based place in its document.
  package let ordinal: Int
  package let record: ChunkRecord

  package var text: String { record.text }
}
