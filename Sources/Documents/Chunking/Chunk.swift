/// A piece of a document that is embedded, stored, found and quoted as a whole.
///
/// The chunker makes it and the store keeps it; its ordinal is its index in the document's array
/// of chunks.
package struct Chunk: Sendable, Equatable {
  /// Text, a picture or a stretch of a recording.
  package let modality: Modality
  /// Exactly the text at `byteRange`, after the header row of the table that the chunk was cut from;
  /// begins and ends with a character that is not white space.
  ///
  /// For a picture, its caption. Empty for a picture without a caption and for a recording without a
  /// transcript.
  package let text: String
  /// Bytes of the chunk in `ExtractedDocument.text` (UTF-8).
  ///
  /// For a picture, the empty range at which it is shown. For words that were read in a picture,
  /// their bytes in `RecognizedText.text`.
  package let byteRange: Range<Int>
  /// Bytes of the chunk in the file itself, if the extracted text is the file's own (TXT, MD).
  package let sourceByteRange: Range<Int>?
  /// Page number, from 1, for documents with pages.
  ///
  /// A chunk never crosses a page.
  package let page: Int?
  /// Lines of `ExtractedDocument.text`, from 1.
  ///
  /// For TXT, MD and HTML these are the file's lines.
  package let lineRange: ClosedRange<Int>
  /// The place in the document in words that a person can look up, as in `sheet Prices, rows 12-19`;
  /// nil where the page or the lines say it.
  package let place: String?
  /// The picture that the chunk shows or that its words were read in; nil for other chunks.
  package let picture: PictureDetails?
  /// Start and end in the recording, in milliseconds; nil for text and pictures.
  package let millisecondRange: Range<Int>?
  /// The headings above the chunk, outermost first, joined by " > "; nil if there are none.
  package let heading: String?
  /// Token count of `text` by the chunker's `measure`, special tokens included.
  package let tokenCount: Int

  package init(
    modality: Modality = .text, text: String, byteRange: Range<Int>,
    sourceByteRange: Range<Int>? = nil, page: Int? = nil, lineRange: ClosedRange<Int>,
    place: String? = nil, picture: PictureDetails? = nil, millisecondRange: Range<Int>? = nil,
    heading: String? = nil,
    tokenCount: Int
  ) {
    self.modality = modality
    self.text = text
    self.byteRange = byteRange
    self.sourceByteRange = sourceByteRange
    self.page = page
    self.lineRange = lineRange
    self.place = place
    self.picture = picture
    self.millisecondRange = millisecondRange
    self.heading = heading
    self.tokenCount = tokenCount
  }
}
