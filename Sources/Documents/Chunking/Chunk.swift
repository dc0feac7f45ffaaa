/// A piece of a document that is embedded, stored, found and quoted as a whole.
package struct Chunk: Sendable, Equatable {
  /// Bytes of the chunk in `ExtractedDocument.text`.
  package let byteRange: Range<Int>
  /// Exactly the text at `byteRange`; begins and ends with a character that is not white space.
  package let text: String
  /// Page, counted from 1, of a document with pages.
  ///
  /// A chunk never crosses a page.
  package let page: Int?
  /// Lines of `ExtractedDocument.text`, counted from 1.
  ///
  /// For TXT and MD these are the file's lines.
  package let lineRange: ClosedRange<Int>
  /// Bytes of the chunk in the file, for TXT and MD.
  package let sourceByteRange: Range<Int>?
  /// The headings above the chunk, outermost first, joined by " > "; nil where there is none.
  package let heading: String?
  /// Tokens of `text` by the chunker's `measure`, special tokens included.
  package let tokenCount: Int

  package init(
    byteRange: Range<Int>, text: String, page: Int?, lineRange: ClosedRange<Int>,
    sourceByteRange: Range<Int>?, heading: String?, tokenCount: Int
  ) {
    self.byteRange = byteRange
    self.text = text
    self.page = page
    self.lineRange = lineRange
    self.sourceByteRange = sourceByteRange
    self.heading = heading
    self.tokenCount = tokenCount
  }
}
