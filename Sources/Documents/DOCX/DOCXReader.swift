/// Reads the main text of a DOCX file (ECMA-376, WordprocessingML), with its headings, lists,
/// tables, footnotes and pictures.
///
/// Left out: deleted text of tracked changes, field codes, headers and footers, comments, and the
/// second copy of drawings that Word writes for old programs.
struct DOCXReader {
  let path: String
  let limits: DocumentLimits
  /// Returns the content of a part by its name in the archive, or nil if there is none.
  let part: (String) throws(DocumentError) -> [UInt8]?

  /// Reads the part with the text, usually "word/document.xml", and the parts that it refers to:
  /// styles, notes, properties.
  func read(mainPart: String) throws(DocumentError) -> ExtractedDocument {
    guard let body = try part(mainPart) else {
      throw .damaged(path: path, type: .docx, reason: "'\(mainPart)' is missing")
    }
    var styles = DOCXStyles()
    var warnings: [String] = []
    try walk("word/styles.xml", &styles, &warnings)
    var footnotes = DOCXFootnotes()
    try walk("word/footnotes.xml", &footnotes, &warnings)
    var properties = DOCXProperties()
    try walk("docProps/core.xml", &properties, &warnings)

    var relationships = DOCXRelationships(mainPart: mainPart)
    try walk(relationships.partName, &relationships, &warnings)

    var visitor = DOCXVisitor(styles: styles, footnotes: footnotes.texts)
    do throws(XMLPullReader.Malformed) {
      try XMLPullReader.walk(body, &visitor)
    } catch {
      throw .damaged(path: path, type: .docx, reason: "\(mainPart): \(error.reason)")
    }
    let prose = visitor.prose
    guard prose.bytes.count <= limits.maximumTextByteCount else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    return ExtractedDocument(
      type: .docx,
      title: properties.title ?? prose.headings.first { $0.level == 1 }?.title,
      text: prose.text,
      headings: prose.headings,
      removedControlCount: prose.removedControlCount,
      pictures: PictureCollector.pictures(visitor.images) {
        relationships.part(of: $0).map { .stored(.part(name: $0)) }
      },
      warnings: warnings)
  }

  /// Reads an optional part; a damaged one gives only a warning.
  private func walk(
    _ name: String, _ visitor: inout some MarkupVisitor, _ warnings: inout [String]
  ) throws(DocumentError) {
    guard let bytes = try part(name) else { return }
    do throws(XMLPullReader.Malformed) {
      try XMLPullReader.walk(bytes, &visitor)
    } catch {
      warnings.append("\(name) was not used: \(error.reason)")
    }
  }
}

/// Turns the elements of `word/document.xml` into text, and lists its pictures.
struct DOCXVisitor: MarkupVisitor {
  private(set) var prose = ProseBuilder()

  private let styles: DOCXStyles
  private let footnotes: [String: String]

  private var takesText = false
  private var tableDepth = 0
  private var cellCount = 0
  private var paragraph = Paragraph()
  private var previousWasItem = false
  private var noteNumbers: [String] = []

  /// The pictures, by the identifiers of their relationships.
  private(set) var images: [ShownPicture] = []
  /// Alternative text and title of the open drawing (`wp:docPr`).
  private var drawingCaptions: [String] = []
  /// The pictures of the paragraph before this one, which a caption may follow.
  private var captionable: Range<Int> = 0..<0
  private var paragraphStart = 0
  private var firstImageOfParagraph = 0

  /// The properties of the open paragraph.
  private struct Paragraph {
    var style: String?
    var outlineLevel: Int?
    var listLevel: Int?
    var isHeading = false
    var isItem = false
  }

  init(styles: DOCXStyles, footnotes: [String: String]) {
    self.styles = styles
    self.footnotes = footnotes
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    let value = element.attributes["val"]
    switch element.name {
    case "w:del", "w:moveFrom", "w:instrText", "mc:Fallback", "w:rPrChange", "w:pPrChange",
      "w:sectPr":
      return false
    case "w:p": beginParagraph()
    case "w:pStyle": paragraph.style = value
    case "w:outlineLvl": paragraph.outlineLevel = value.flatMap { Int($0) }
    case "w:numPr": paragraph.listLevel = paragraph.listLevel ?? 0
    case "w:ilvl": paragraph.listLevel = value.flatMap { Int($0) } ?? 0
    case "w:t": takesText = true
    case "w:tab", "w:ptab": prose.append(" ")
    case "w:br", "w:cr": prose.breakLine()
    case "w:noBreakHyphen": prose.append("\u{2011}")
    case "docPr":
      drawingCaptions = ["descr", "title"].compactMap { element.attributes[$0] }
    case "blip": addImage(element.attributes["embed"])
    // VML, which Word wrote until 2007.
    case "imagedata":
      drawingCaptions = [element.attributes["title"]].compactMap { $0 }
      addImage(element.attributes["id"])
    case "w:footnoteReference": addNote(element.attributes["id"])
    case "w:tbl":
      prose.breakParagraph()
      tableDepth += 1
    case "w:tr" where tableDepth == 1:
      prose.beginRow()
      cellCount = 0
    case "w:tc" where tableDepth == 1:
      if cellCount > 0 { prose.nextCell() }
      cellCount += 1
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    switch name {
    case "w:pPr": applyProperties()
    case "w:p": endParagraph()
    case "w:t": takesText = false
    case "w:tr" where tableDepth == 1: prose.endRow()
    case "w:tbl":
      tableDepth = max(0, tableDepth - 1)
      prose.breakParagraph()
    default: break
    }
  }

  mutating func text(_ text: String) {
    if takesText { prose.append(text) }
  }

  private mutating func beginParagraph() {
    prose.breakParagraph()
    paragraph = Paragraph()
    paragraphStart = prose.bytes.count
    firstImageOfParagraph = images.count
  }

  private mutating func addImage(_ relationship: String?) {
    guard let relationship, images.count < PictureCollector.limit else { return }
    images.append(
      ShownPicture(
        address: relationship, captions: drawingCaptions, byteOffset: prose.bytes.count))
    drawingCaptions = []
  }

  /// Adds a paragraph of the style "caption" to the pictures of the paragraph before it, or to its
  /// own.
  private mutating func takeCaption() {
    let own = firstImageOfParagraph..<images.count
    let captioned = own.isEmpty ? captionable : own
    if !captioned.isEmpty, styles.isCaption(paragraph.style), paragraphStart < prose.bytes.count {
      let caption = String(decoding: prose.bytes[paragraphStart...], as: UTF8.self)
      for index in captioned { images[index].captions.append(caption) }
    }
    captionable = own
  }

  private mutating func applyProperties() {
    let level = paragraph.outlineLevel.map { $0 + 1 } ?? styles.headingLevel(paragraph.style)
    // Outline level 9 means body text (17.3.1.20).
    if let level, (1...9).contains(level) {
      paragraph.isHeading = true
      prose.beginHeading(level: level)
    } else if let listLevel = paragraph.listLevel ?? styles.listLevel(paragraph.style) {
      paragraph.isItem = true
      prose.beginItem(String(repeating: "  ", count: min(max(0, listLevel), 8)) + "- ")
      if previousWasItem { prose.breakTightly() }
    }
  }

  private mutating func endParagraph() {
    if paragraph.isHeading { prose.endHeading() }
    if paragraph.isItem { prose.endItem() }
    takeCaption()
    previousWasItem = paragraph.isItem
    paragraph = Paragraph()
    prose.breakParagraph()
    guard !prose.isInRow else { return }
    // A footnote follows the paragraph that refers to it, so that both end up in one chunk.
    for id in noteNumbers {
      if let note = footnotes[id] {
        prose.append("[\(id)] \(note)")
        prose.breakParagraph()
      }
    }
    noteNumbers = []
  }

  private mutating func addNote(_ id: String?) {
    guard let id, footnotes[id] != nil else { return }
    prose.append("[\(id)]")
    noteNumbers.append(id)
  }
}
