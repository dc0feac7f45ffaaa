package import Documents

/// The position of a passage, precise enough to open the file and find the passage again.
public struct Citation: Sendable, Equatable, Codable {
  /// Absolute path of the file.
  public let path: String
  /// The document's own title, if it has one.
  public let title: String?
  /// `text`, `markdown`, `html`, `docx` or `pdf`.
  public let type: String
  /// Page number, from 1, for documents with pages.
  public let page: Int?
  /// First line, from 1, of the extracted text; for TXT and MD also the line of the file.
  public let firstLine: Int
  /// Last line, from 1.
  public let lastLine: Int
  /// The headings above the passage, outermost first, joined by " > ".
  public let heading: String?
  /// Byte offset of the passage in the extracted text (UTF-8).
  public let textByteOffset: Int
  /// Byte count of the passage in the extracted text.
  public let textByteCount: Int
  /// Byte offset in the file itself, if the extracted text is the file's own (TXT, MD).
  public let sourceByteOffset: Int?
  /// Byte count in the file itself, if the extracted text is the file's own.
  public let sourceByteCount: Int?
  /// SHA-256 of the file as it was indexed, 64 hexadecimal digits.
  public let documentSHA256: String

  package init(
    path: String, title: String?, type: String, page: Int?, lines: ClosedRange<Int>,
    heading: String?, textBytes: Range<Int>, sourceBytes: Range<Int>?, documentSHA256: String
  ) {
    self.path = path
    self.title = title
    self.type = type
    self.page = page
    firstLine = lines.lowerBound
    lastLine = lines.upperBound
    self.heading = heading
    textByteOffset = textBytes.lowerBound
    textByteCount = textBytes.count
    sourceByteOffset = sourceBytes?.lowerBound
    sourceByteCount = sourceBytes?.count
    self.documentSHA256 = documentSHA256
  }

  /// Cites a chunk of a document.
  package init(_ chunk: Chunk, of document: DocumentRecord) {
    self.init(
      path: document.path, title: document.title, type: document.type, page: chunk.page,
      lines: chunk.lineRange, heading: chunk.heading, textBytes: chunk.byteRange,
      sourceBytes: chunk.sourceByteRange, documentSHA256: document.sha256)
  }

  /// The page, or else the lines, in words: `page 3`, `line 7`, `lines 7-9`.
  public var place: String {
    if let page { return "page \(page)" }
    return firstLine == lastLine ? "line \(firstLine)" : "lines \(firstLine)-\(lastLine)"
  }
}
