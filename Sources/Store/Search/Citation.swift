public import Documents

/// The position of a passage, precise enough to open the file and find the passage again.
public struct Citation: Sendable, Equatable, Codable {
  /// Absolute path of the file.
  public let path: String
  /// The document's own title, if it has one.
  public let title: String?
  /// The stable name of the document's type, such as `markdown`, `xlsx` or `pdf`.
  public let type: String
  /// The kind of the passage: `text`, `picture` or `sound`.
  public let kind: String
  /// The picture that the passage shows or that its words were read in; nil for other passages.
  public let picture: PictureDetails?
  /// Page number, from 1, for documents with pages; slide number for presentations.
  public let page: Int?
  /// The place in the document as a person finds it there, such as `sheet Prices, rows 12-19`; nil
  /// for a document that is cited by page or lines.
  public let location: String?
  /// First line, from 1, of the extracted text; for TXT and MD also the line of the file.
  public let firstLine: Int
  /// Last line, from 1.
  public let lastLine: Int
  /// Start in the recording, in seconds; nil for text and pictures.
  public let startSeconds: Double?
  /// End in the recording, in seconds; nil for text and pictures.
  public let endSeconds: Double?
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
    case path, title, type, kind, picture, page, location, firstLine, lastLine, startSeconds
    case endSeconds, heading, textByteOffset, textByteCount, sourceByteOffset
    case sourceByteCount, documentSHA256
  }

  package init(
    path: String, title: String?, type: String, modality: Modality = .text,
    picture: PictureDetails? = nil, page: Int?, location: String? = nil,
    lines: ClosedRange<Int>,
    milliseconds: Range<Int>? = nil, heading: String?, textBytes: Range<Int>,
    sourceBytes: Range<Int>?, documentSHA256: String
  ) {
    self.path = path
    self.title = title
    self.type = type
    kind = modality.rawValue
    self.picture = picture
    self.page = page
    self.location = location
    firstLine = lines.lowerBound
    lastLine = lines.upperBound
    startSeconds = milliseconds.map { Double($0.lowerBound) / 1_000 }
    endSeconds = milliseconds.map { Double($0.upperBound) / 1_000 }
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
      picture: chunk.picture, page: chunk.page, location: chunk.place,
      lines: chunk.lineRange, milliseconds: chunk.millisecondRange, heading: chunk.heading,
      textBytes: chunk.byteRange, sourceBytes: chunk.sourceByteRange,
      documentSHA256: document.sha256)
  }

  /// Whether the passage is a picture.
  public var isPicture: Bool { kind == Modality.picture.rawValue }

  /// Whether the passage was spoken.
  public var isRecording: Bool { kind == Modality.sound.rawValue }

  /// The file that contains the picture of the passage: the document, or a file that it refers to.
  public var picturePath: String? {
    guard let picture else { return nil }
    if case .linked(let linked) = picture.origin { return linked }
    return path
  }

  /// The time, the page, the picture, the place or the lines in words: `00:01:05-00:01:32`, `page 3`,
  /// `picture of 640 x 480 pixels`, `line 7, map.png`, `sheet Prices, rows 12-19`, `lines 7-9`.
  ///
  /// Empty for a passage of a text document (DOCX, ODT, RTF) below a heading: it has no lines that a person could
  /// look up, and ``heading`` is its place.
  public var place: String {
    if let picture, page == nil { return place(of: picture) }
    if let startSeconds, let endSeconds {
      return Self.clock(from: startSeconds, to: endSeconds)
    }
    if let location { return location }
    if let page { return "page \(page)" }
    if DocumentType(name: type)?.hasLines == false {
      return heading == nil ? "line \(firstLine) of its text" : ""
    }
    return firstLine == lastLine ? "line \(firstLine)" : "lines \(firstLine)-\(lastLine)"
  }

  private func place(of picture: PictureDetails) -> String {
    guard let name = picture.origin.displayName else {
      return isPicture
        ? "picture of \(picture.width) x \(picture.height) pixels" : "words in the picture"
    }
    return "line \(firstLine), \(name)"
  }

  /// A stretch of a recording, as in `00:12:31-00:12:58`; rounded outwards, so that it contains all of
  /// the speech.
  static func clock(from start: Double, to end: Double) -> String {
    clock(start.rounded(.down)) + "-" + clock(end.rounded(.up))
  }

  /// A position in a recording as hours, minutes and seconds, as players show and accept it.
  private static func clock(_ seconds: Double) -> String {
    // A number of a damaged or hostile index may not fit.
    let all = seconds.isFinite ? Int(min(max(0, seconds), 1e9)) : 0
    return [all / 3_600, all / 60 % 60, all % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
