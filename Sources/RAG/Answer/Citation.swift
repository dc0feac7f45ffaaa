/// Where a passage stands, precisely enough to open the file and find it again.
public struct Citation: Sendable, Equatable, Codable {
  /// The file, as an absolute path.
  public let path: String
  /// The document's own title, if it has one.
  public let title: String?
  /// `text`, `markdown`, `html`, `docx` or `pdf`.
  public let type: String
  /// The page, counted from 1, of a document with pages.
  public let page: Int?
  /// The first line, counted from 1, in the document's text; for TXT and MD the file's own line.
  public let firstLine: Int
  /// The last line, counted from 1.
  public let lastLine: Int
  /// The headings above the passage, outermost first, joined by " > ".
  public let heading: String?
  /// The first byte of the passage in the document's text.
  public let textByteOffset: Int
  /// The bytes of the passage in the document's text.
  public let textByteCount: Int
  /// The first byte in the file itself, where the text is the file's own (TXT, MD).
  public let sourceByteOffset: Int?
  /// The bytes in the file itself, where the text is the file's own.
  public let sourceByteCount: Int?
  /// The SHA-256 of the file as it was indexed, 64 hexadecimal digits.
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

  /// The page, or the line range, in words.
  public var place: String {
    if let page { return "page \(page)" }
    return firstLine == lastLine ? "line \(firstLine)" : "lines \(firstLine)-\(lastLine)"
  }
}
