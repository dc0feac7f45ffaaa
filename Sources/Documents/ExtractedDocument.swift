/// A heading of a document.
package struct Heading: Sendable, Equatable {
  /// Level, from 1 for the outermost to 6.
  package let level: Int
  /// The heading's words on one line, without markup.
  package let title: String
  /// Bytes of the heading's lines in `ExtractedDocument.text`.
  package let byteRange: Range<Int>

  package init(level: Int, title: String, byteRange: Range<Int>) {
    self.level = level
    self.title = title
    self.byteRange = byteRange
  }
}

/// The text of one file, with the structure that citations need.
package struct ExtractedDocument: Sendable, Equatable {
  package let type: DocumentType
  /// The document's own title (metadata or first level-1 heading), if it has one.
  package let title: String?
  /// The text in UTF-8 with `\n` line ends and no control characters except tab.
  package let text: String
  /// Byte ranges of the pages in `text`; page number = index + 1.
  ///
  /// Nil for a type without pages.
  package let pages: [Range<Int>]?
  /// Headings in text order.
  package let headings: [Heading]
  /// The position of the text in the file; nil if the text is not the file's own (HTML, DOCX, PDF).
  package let sourceMap: SourceMap?
  /// The encoding that the file was decoded from, for TXT, MD and HTML.
  package let encoding: TextEncoding?
  /// Number of control characters that were removed.
  package let removedControlCount: Int
  /// Places that a person can look up, in text order, where lines of the text are not those of the
  /// file: rows, cells, messages, times.
  package let places: [DocumentPlace]
  /// Byte ranges that no chunk crosses, in a document without pages: sheets, messages, chapters.
  package let parts: [Range<Int>]?
  /// The pictures that the document shows, in reading order, not decoded; of a PDF the pages without
  /// text, and the figures on the others.
  package let pictures: [ExtractedPicture]
  /// Warnings for the user, such as replaced bytes.
  package let warnings: [String]
  /// The tables whose header rows are known, in text order.
  package var tables: [ExtractedTable] = []
  /// The lines of the file, where the text is not the file's own but its lines are known (HTML).
  package var sourceLines: SourceLines?
  /// Words that were left out on purpose.
  package var leftOut = LeftOutWords()

  package init(
    type: DocumentType, title: String? = nil, text: String, pages: [Range<Int>]? = nil,
    headings: [Heading] = [], sourceMap: SourceMap? = nil, encoding: TextEncoding? = nil,
    places: [DocumentPlace] = [], parts: [Range<Int>]? = nil, removedControlCount: Int = 0,
    pictures: [ExtractedPicture] = [], warnings: [String] = []
  ) {
    self.type = type
    self.title = title
    self.text = text
    self.pages = pages
    self.headings = headings
    self.sourceMap = sourceMap
    self.encoding = encoding
    self.places = places
    self.parts = parts
    self.removedControlCount = removedControlCount
    self.pictures = pictures
    self.warnings = warnings
  }

  /// The same content as another type, for a reader that has converted the file first.
  ///
  /// - Parameters:
  ///   - type: that of the file.
  ///   - added: further warnings.
  ///   - keepsPictures: false where they are parts of the converted copy.
  /// - Returns: the document.
  func retyped(
    as type: DocumentType, warnings added: [String] = [], keepsPictures: Bool = true
  ) -> ExtractedDocument {
    var copy = ExtractedDocument(
      type: type, title: title, text: text, pages: pages, headings: headings,
      sourceMap: sourceMap, encoding: encoding, places: places, parts: parts,
      removedControlCount: removedControlCount, pictures: keepsPictures ? pictures : [],
      warnings: warnings + added)
    (copy.tables, copy.sourceLines, copy.leftOut) = (tables, sourceLines, leftOut)
    return copy
  }

  /// Whether each byte of `text` equals the byte of the file at the same offset.
  package var textIsSourceBytes: Bool { sourceMap?.isIdentity ?? false }

  /// Bytes of the file from which a range of the text was decoded, if the text is the file's own.
  ///
  /// - Parameter range: byte range of `text`, on character boundaries.
  /// - Returns: nil for HTML, DOCX and PDF.
  package func sourceByteRange(of range: Range<Int>) -> Range<Int>? {
    sourceMap?.sourceByteRange(of: range)
  }

  /// The number of the page that contains a byte of the text, from 1; nil without pages.
  ///
  /// - Complexity: O(log pages).
  package func page(at byteOffset: Int) -> Int? {
    guard let pages, !pages.isEmpty else { return nil }
    return max(1, pages.sortedIndex { $0.lowerBound > byteOffset })
  }
}
