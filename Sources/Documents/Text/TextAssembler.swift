/// Assembles the text of a document from the headings, paragraphs and lines that a reader has
/// decoded, with the places and parts that citations and chunks need.
///
/// Line ends become `\n`, control characters are removed and counted, and exactly one blank line
/// separates paragraphs. Text beyond the limit is dropped, and ``document(type:path:title:pages:encoding:)``
/// throws then.
struct TextAssembler {
  private(set) var bytes: [UInt8] = []
  private(set) var headings: [Heading] = []
  private(set) var places: [DocumentPlace] = []
  /// The tables of documents that were appended.
  private var tables: [ExtractedTable] = []
  private(set) var removedControlCount = 0
  /// Messages for the user.
  var warnings: [String] = []

  /// Words that are left out on purpose.
  var leftOut = LeftOutWords()

  private var partStarts: [Int] = []
  private var hasPendingPart = false
  private var pendingPlace: DocumentPlace?
  private let limit: Int
  private var isFull = false

  init(limits: DocumentLimits) { limit = limits.maximumTextByteCount }

  /// Bytes that the text may still grow by.
  var remainingByteCount: Int { max(0, limit - bytes.count) }

  var isEmpty: Bool { bytes.isEmpty }

  // MARK: Structure

  /// Begins a part that no chunk crosses, such as a sheet or a message.
  mutating func beginPart() { hasPendingPart = true }

  /// Notes that the next text is at a place.
  mutating func mark(
    _ kind: DocumentPlace.Kind, _ label: String, end: String? = nil, in container: String? = nil
  ) {
    pendingPlace = DocumentPlace(
      byteOffset: 0, kind: kind, label: Self.placeName(label), endLabel: end,
      container: container.map(Self.placeName))
  }

  /// Characters of a name in a citation; a longer one is cut.
  private static let placeCharacterLimit = 100

  /// A name from the document on one line, without control characters.
  private static func placeName(_ name: String) -> String {
    let visible = name.unicodeScalars.filter {
      $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) || $0 == "\t" || $0 == "\n"
    }
    let line = singleLine(String(String.UnicodeScalarView(visible)))
    return line.count > placeCharacterLimit ? line.prefix(placeCharacterLimit - 1) + "…" : line
  }

  // MARK: Text

  /// Appends a heading of a level from 1 to 6; a blank title is left out.
  mutating func appendHeading(_ title: String, level: Int) {
    let title = Self.singleLine(title)
    guard let range = append(title, newlineCount: 2) else { return }
    headings.append(Heading(level: min(max(level, 1), 6), title: title, byteRange: range))
  }

  /// Appends text after a blank line; its own line ends and indentation stay.
  mutating func appendParagraph(_ text: String) { append(text, newlineCount: 2) }

  /// Appends text on the next line.
  mutating func appendLine(_ text: String) { append(text, newlineCount: 1) }

  /// Appends an item of a list: `- words`, indented by its level from 0.
  ///
  /// - Parameters:
  ///   - words: the text of the item.
  ///   - mark: the dash or number before it.
  ///   - level: the depth of its list.
  ///   - isFirst: whether a blank line precedes it.
  mutating func appendItem(_ words: String, mark: String = "-", level: Int, isFirst: Bool) {
    append(
      mark + " " + words, newlineCount: isFirst ? 2 : 1, indentation: 2 * min(max(0, level), 8))
  }

  /// Appends text after a space, in the paragraph before it.
  mutating func appendContinuation(_ text: String) { append(text, newlineCount: 0) }

  /// Appends the text of another document with its tables and its headings, which go `levelOffset`
  /// levels down.
  ///
  /// - Returns: what has to be added to an offset in its text; nil if nothing of it is visible.
  @discardableResult
  mutating func append(_ document: ExtractedDocument, levelOffset: Int = 0) -> Int? {
    // Bytes before the text that are trimmed, which `read` of other types hardly leaves.
    let leading = document.text.utf8.prefix { TextLayout.isSpace($0) }.count
    guard let range = append(document.text, newlineCount: 2) else { return nil }
    removedControlCount += document.removedControlCount
    leftOut.add(document.leftOut)
    let offset = range.lowerBound - leading
    tables += document.tables.map { $0.moved(by: offset) }
      .filter { $0.byteRange.clamped(to: range) == $0.byteRange }
    for heading in document.headings {
      let start = heading.byteRange.lowerBound + offset
      let end = heading.byteRange.upperBound + offset
      guard start >= range.lowerBound, start < end, end <= range.upperBound else { continue }
      headings.append(
        Heading(
          level: min(heading.level + levelOffset, 6), title: heading.title, byteRange: start..<end))
    }
    return offset
  }

  /// Appends cleaned text; returns its range, or nil if nothing of it is visible.
  @discardableResult
  private mutating func append(
    _ text: String, newlineCount: Int, indentation: Int = 0
  ) -> Range<Int>? {
    guard !isFull else { return nil }
    let decoded = TextDecoder.decode(
      Array(text.utf8), as: DetectedEncoding(encoding: .utf8, markByteCount: 0))
    removedControlCount += decoded.removedControlCount
    let content = TextLayout.trimmed(0..<decoded.bytes.count, in: decoded.bytes)
    guard !content.isEmpty else { return nil }
    guard bytes.count + content.count <= limit else {
      isFull = true
      return nil
    }
    let newlines = hasPendingPart ? 2 : newlineCount
    if !bytes.isEmpty {
      bytes.append(contentsOf: repeatElement(newlines == 0 ? 0x20 : 0x0A, count: max(1, newlines)))
    }
    bytes.append(contentsOf: repeatElement(0x20, count: indentation))
    let start = bytes.count
    if hasPendingPart { partStarts.append(start) }
    hasPendingPart = false
    if let place = pendingPlace {
      places.append(
        DocumentPlace(
          byteOffset: start, kind: place.kind, label: place.label, endLabel: place.endLabel,
          container: place.container))
      pendingPlace = nil
    }
    bytes.append(contentsOf: decoded.bytes[content])
    return start..<bytes.count
  }

  /// The text with white space collapsed, on one line.
  static func singleLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  // MARK: Result

  /// Byte ranges of the parts; nil if the document is not in parts.
  private var parts: [Range<Int>]? {
    guard let first = partStarts.first else { return nil }
    var bounds = partStarts + [bytes.count]
    if first > 0 { bounds.insert(0, at: 0) }
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }

  /// The document.
  ///
  /// - Parameters:
  ///   - type: the type of the file.
  ///   - path: the file, for messages.
  ///   - title: the document's own title; nil takes the first heading of level 1.
  ///   - pages: byte ranges of pages or slides; then the parts are not used.
  ///   - encoding: the encoding of a text file.
  ///   - pictures: what ``PictureCollector`` returned.
  /// - Returns: the text with headings, places, pictures and warnings.
  /// - Throws: `.textTooLarge`.
  func document(
    type: DocumentType, path: String, title: String? = nil, pages: [Range<Int>]? = nil,
    encoding: TextEncoding? = nil,
    pictures: FoundPictures = FoundPictures()
  ) throws(DocumentError) -> ExtractedDocument {
    guard !isFull else { throw .textTooLarge(path: path, limit: limit) }
    let own = title.map(Self.singleLine).flatMap { $0.isEmpty ? nil : $0 }
    var document = ExtractedDocument(
      type: type, title: own ?? headings.first { $0.level == 1 }?.title,
      text: String(decoding: bytes, as: UTF8.self), pages: pages, headings: headings,
      encoding: encoding, places: places, parts: pages == nil ? parts : nil,
      removedControlCount: removedControlCount, pictures: pictures.pictures,
      warnings: warnings + [leftOut.warning, pictures.warning].compactMap { $0 })
    (document.tables, document.leftOut) = (tables, leftOut)
    return document
  }
}
