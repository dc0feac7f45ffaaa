/// A heading of a document.
package struct Heading: Sendable, Equatable {
  /// 1 for the outermost, at most 6.
  package let level: Int
  /// The heading's words, on one line and without marks.
  package let title: String
  /// Bytes of the heading's line or lines in `ExtractedDocument.text`.
  package let byteRange: Range<Int>

  package init(level: Int, title: String, byteRange: Range<Int>) {
    self.level = level
    self.title = title
    self.byteRange = byteRange
  }
}

/// The text of one file, with what is needed to cite a place in it.
package struct ExtractedDocument: Sendable, Equatable {
  package let type: DocumentType
  /// The document's own title (metadata or first level-1 heading), if it has one.
  package let title: String?
  /// The text in UTF-8 with `\n` line ends and no other control character than tab.
  package let text: String
  /// Byte ranges of the pages in `text`; page number = index + 1.
  ///
  /// Nil for types without pages.
  package let pages: [Range<Int>]?
  /// Headings in text order.
  package let headings: [Heading]
  /// Where the text stood in the file; nil if it is not the file's own bytes (HTML, DOCX, PDF).
  package let sourceMap: SourceMap?
  /// The encoding that the file was decoded from, for TXT, MD and HTML.
  package let encoding: TextEncoding?
  /// Number of control characters that were left out.
  package let removedControlCount: Int
  /// What the reader wants the person to know: replaced bytes, pages without text.
  package let warnings: [String]

  package init(
    type: DocumentType, title: String? = nil, text: String, pages: [Range<Int>]? = nil,
    headings: [Heading] = [], sourceMap: SourceMap? = nil, encoding: TextEncoding? = nil,
    removedControlCount: Int = 0, warnings: [String] = []
  ) {
    self.type = type
    self.title = title
    self.text = text
    self.pages = pages
    self.headings = headings
    self.sourceMap = sourceMap
    self.encoding = encoding
    self.removedControlCount = removedControlCount
    self.warnings = warnings
  }

  /// True if each byte of `text` is the byte of the file at the same offset.
  package var textIsSourceBytes: Bool { sourceMap?.isIdentity ?? false }

  /// The file's own bytes of a range of the text, if the text is the file's.
  ///
  /// - Parameter range: byte range of `text`, on character boundaries.
  /// - Returns: nil for HTML, DOCX and PDF.
  package func sourceByteRange(of range: Range<Int>) -> Range<Int>? {
    sourceMap?.sourceByteRange(of: range)
  }

  /// The page on which a byte of the text stands, counted from 1; nil without pages.
  ///
  /// - Complexity: O(log pages).
  package func page(at byteOffset: Int) -> Int? {
    guard let pages, !pages.isEmpty else { return nil }
    var low = 0
    var high = pages.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if pages[middle].lowerBound <= byteOffset { low = middle } else { high = middle }
    }
    return low + 1
  }
}
