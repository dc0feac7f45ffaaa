public import Documents

/// The position of a passage, precise enough to open the file and find the passage again.
public struct Citation: Sendable, Equatable, Codable {
  /// Absolute path of the file.
  public let path: String
  /// The document's own title, if it has one.
  public let title: String?
  /// `text`, `markdown`, `html`, `docx`, `pdf` or `picture`.
  public let type: String
  /// The kind of the passage: `text`, `picture` or `sound`.
  public let kind: String
  /// The picture that the passage shows or that its words were read in; nil for other passages.
  public let picture: PictureDetails?
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

  /// The names of the JSON, in an extension's initialiser and the synthesised encoding.
  enum CodingKeys: String, CodingKey {
    case path, title, type, kind, picture, page, firstLine, lastLine, startMilliseconds
    case endMilliseconds, heading, textByteOffset, textByteCount, sourceByteOffset
    case sourceByteCount, documentSHA256
  }

  package init(
    path: String, title: String?, type: String, modality: Modality = .text,
    picture: PictureDetails? = nil, page: Int?, lines: ClosedRange<Int>,
    milliseconds: Range<Int>? = nil, heading: String?, textBytes: Range<Int>,
    sourceBytes: Range<Int>?, documentSHA256: String
  ) {
    self.path = path
    self.title = title
    self.type = type
    kind = modality.rawValue
    self.picture = picture
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
      path: document.path, title: document.title, type: document.type, modality: chunk.modality,
      picture: chunk.picture, page: chunk.page,
      lines: chunk.lineRange, milliseconds: chunk.millisecondRange, heading: chunk.heading,
      textBytes: chunk.byteRange, sourceBytes: chunk.sourceByteRange,
      documentSHA256: document.sha256)
  }

  /// Whether the passage is a picture.
  public var isPicture: Bool { kind == Modality.picture.rawValue }

  /// The file that contains the picture of the passage: the document, or a file that it refers to.
  public var picturePath: String? {
    guard let picture else { return nil }
    if case .linked(let linked) = picture.origin { return linked }
    return path
  }

  /// The time, the page, the picture or the lines in words: `1:05-1:32`, `page 3`,
  /// `picture of 640 x 480 pixels`, `line 7, map.png`, `lines 7-9`.
  public var place: String {
    if let picture, page == nil { return place(of: picture) }
    if let startMilliseconds, let endMilliseconds {
      return Self.clock(startMilliseconds) + "-" + Self.clock(endMilliseconds)
    }
    if let page { return "page \(page)" }
    return firstLine == lastLine ? "line \(firstLine)" : "lines \(firstLine)-\(lastLine)"
  }

  private func place(of picture: PictureDetails) -> String {
    guard let name = picture.origin.displayName else {
      return isPicture
        ? "picture of \(picture.width) x \(picture.height) pixels" : "words in the picture"
    }
    return "line \(firstLine), \(name)"
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
