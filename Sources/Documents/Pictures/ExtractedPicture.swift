/// A picture that a reader found in a document; it has not been decoded.
package struct ExtractedPicture: Sendable, Equatable {
  /// The position of the picture; no two pictures of a document have the same.
  package let origin: PictureOrigin
  /// The words beside the picture on one line: alternative text, caption, or the words of a file's
  /// name; empty if there are none.
  package var caption: String
  /// The offset in `ExtractedDocument.text` at which the picture is shown.
  package let byteOffset: Int
  /// The page that shows the picture, from 1, for documents with pages.
  package let page: Int?
  /// The encoded picture where the reader has it: that of `PictureOrigin.inline` and `.file`.
  ///
  /// Nil for every other origin, whose bytes `PictureBytes` reads when they are needed.
  package let inlineBytes: [UInt8]?
  /// Whether the words in the picture are in the document's text, so that no program has to read
  /// them: labels that a PDF has as letters.
  package let hasKnownWords: Bool

  package init(
    origin: PictureOrigin, caption: String = "", byteOffset: Int = 0, page: Int? = nil,
    inlineBytes: [UInt8]? = nil, hasKnownWords: Bool = false
  ) {
    self.origin = origin
    self.caption = caption
    self.byteOffset = byteOffset
    self.page = page
    self.inlineBytes = inlineBytes
    self.hasKnownWords = hasKnownWords
  }
}
