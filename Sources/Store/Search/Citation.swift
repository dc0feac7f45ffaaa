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
  /// Start in the recording, in milliseconds; nil for text and pictures.
  public let startMilliseconds: Int?
  /// End in the recording, in milliseconds; nil for text and pictures.
  public let endMilliseconds: Int?
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
    milliseconds: Range<Int>? = nil, heading: String?, textBytes: Range<Int>,
    sourceBytes: Range<Int>?, documentSHA256: String
  ) {
    self.path = path
    self.title = title
    self.type = type
    self.page = page
    firstLine = lines.lowerBound
    lastLine = lines.upperBound
    startMilliseconds = milliseconds?.lowerBound
    endMilliseconds = milliseconds?.upperBound
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
      lines: chunk.lineRange, milliseconds: chunk.millisecondRange, heading: chunk.heading,
      textBytes: chunk.byteRange, sourceBytes: chunk.sourceByteRange,
      documentSHA256: document.sha256)
  }

  /// The time, the page or the lines in words: `1:05-1:32`, `page 3`, `line 7`, `lines 7-9`.
  public var place: String {
    if let startMilliseconds, let endMilliseconds {
      return Self.clock(startMilliseconds) + "-" + Self.clock(endMilliseconds)
    }
    if let page { return "page \(page)" }
    return firstLine == lastLine ? "line \(firstLine)" : "lines \(firstLine)-\(lastLine)"
  }

  /// A position in a recording as minutes and seconds, with hours from one hour on; rounded down.
  private static func clock(_ milliseconds: Int) -> String {
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = milliseconds / 1_000
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    return hours > 0
      ? "\(hours):\(twoDigits(minutes)):\(twoDigits(seconds % 60))"
      : "\(minutes):\(twoDigits(seconds % 60))"
  }
}
