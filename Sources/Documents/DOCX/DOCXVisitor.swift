/// Turns the elements of `word/document.xml` into text, and lists its pictures.
struct DOCXVisitor: MarkupVisitor {
  var prose = ProseBuilder()
  /// Words that the document contains and a reader of it does not see.
  var leftOut = LeftOutWords()
  /// Codes of symbol fonts without a known character.
  var unknownSymbolCount = 0
  var images: [ShownPicture] = []

  let styles: DOCXStyles
  let numbering: DOCXNumbering
  /// Texts of notes by identifier.
  let footnotes: [String: String]
  let endnotes: [String: String]
  let settings: DOCXSettings
  /// The texts of embedded documents by relationship.
  let chunks: [String: ExtractedDocument]

  var counters = DOCXCounters()
  /// The marks of the notes that were referred to.
  var noteMarks: [String: String] = [:]
  var footnoteCount = 0
  var endnoteCount = 0
  var equation = MathText()
  /// The text in which a text box is shown.
  var outer: [DOCXContext] = []
  /// The state of the text that is being read.
  var context = DOCXContext()
  /// Why the open elements are left out, and how many of them are open.
  var omission: (reason: LeftOutWords.Reason, depth: Int)?

  var takesText = false
  var takesMath = false
  var propertiesDepth = 0
  /// Alternative text and title of the open drawing (`wp:docPr`).
  var drawingCaptions: [String] = []
  /// The pictures of the paragraph before this one, which a caption may follow.
  var captionable: Range<Int> = 0..<0

  init(
    styles: DOCXStyles, numbering: DOCXNumbering = DOCXNumbering(),
    footnotes: [String: String] = [:], endnotes: [String: String] = [:],
    settings: DOCXSettings = DOCXSettings(), chunks: [String: ExtractedDocument] = [:]
  ) {
    self.styles = styles
    self.numbering = numbering
    self.footnotes = footnotes
    self.endnotes = endnotes
    self.settings = settings
    self.chunks = chunks
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if omission != nil {
      // An element that is skipped has no end, so it does not count.
      if element.name == "mc:Fallback" { return false }
      omission?.depth += 1
      if element.name == "w:t" || element.name == "w:delText" { takesText = true }
      return true
    }
    if Self.skipped.contains(element.name) { return false }
    if element.name.hasPrefix("m:") { return startMath(element) }
    if context.isInParagraphProperties { return startParagraphProperty(element) }
    return startContent(element)
  }

  /// Elements without text for a reader: field codes, former properties, second copies.
  private static let skipped: Set<String> = [
    "w:instrText", "w:delInstrText", "mc:Fallback", "w:rPrChange", "w:pPrChange", "w:sectPr",
    "w:tblPrChange", "w:tcPrChange", "w:trPrChange", "w:sdtPr", "w:rt", "w:tblGrid",
  ]

  private mutating func startContent(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "w:p": beginParagraph()
    case "w:pPr": context.isInParagraphProperties = true
    case "w:r": context.run = DOCXRunProperties()
    case "w:rStyle": context.runStyle = element.attributes["val"]
    case "w:rFonts": context.font = element.attributes["ascii"] ?? ""
    case "w:t": takesText = true
    case "w:tab", "w:ptab": separate { $0.append(" ") }
    case "w:br", "w:cr": separate { $0.breakLine() }
    case "w:noBreakHyphen": append("\u{2011}")
    case "w:sym": addSymbol(element)
    case "w:footnoteReference": addNote(element, isFootnote: true)
    case "w:endnoteReference": addNote(element, isFootnote: false)
    case "w:altChunk": addChunk(element.attributes["id"])
    case "w:txbxContent": beginTextBox()
    case "docPr":
      drawingCaptions = ["descr", "title"].compactMap { element.attributes[$0] }
    case "blip": addImage(element.attributes["embed"])
    // VML, which Word wrote until 2007.
    case "imagedata":
      drawingCaptions = [element.attributes["title"]].compactMap { $0 }
      addImage(element.attributes["id"])
    default: return startTableOrChange(element)
    }
    return true
  }

  private mutating func startTableOrChange(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "w:tbl": beginTable()
    case "w:tr": beginRow()
    case "w:trPr", "w:tcPr": propertiesDepth += 1
    case "w:tblHeader" where context.tableDepth == 1:
      if !["0", "false", "off"].contains(element.attributes["val"]) { prose.markRowAsHeader() }
    case "w:gridSpan": context.columnSpan = element.attributes["val"].flatMap { Int($0) } ?? 1
    case "w:vMerge": context.isMerged = element.attributes["val"] != "restart"
    case "w:tc":
      if context.rowIsDeleted { return omit(.deleted) }
      context.columnSpan = 1
      context.isMerged = nil
    case "w:cellDel": context.cellIsDeleted = true
    case "w:del" where propertiesDepth > 0: context.rowIsDeleted = true
    case "w:ins" where propertiesDepth > 0: break
    case "w:del", "w:moveFrom": return omit(.deleted)
    default: context.run.take(element)
    }
    return true
  }

  /// Counts the words of an element instead of reading it.
  private mutating func omit(_ reason: LeftOutWords.Reason) -> Bool {
    omission = (reason, 1)
    return true
  }

  mutating func end(_ name: String) {
    if omission != nil {
      if name == "w:t" || name == "w:delText" { takesText = false }
      omission?.depth -= 1
      guard omission?.depth == 0 else { return }
      omission = nil
      // A deleted cell leaves its place in the row.
      if name == "w:tc", !context.rowIsDeleted { endCell() }
      return
    }
    if name.hasPrefix("m:") { return endMath(name) }
    switch name {
    case "w:pPr":
      context.isInParagraphProperties = false
      applyProperties()
    case "w:p": endParagraph()
    case "w:t": takesText = false
    case "w:r": (context.runStyle, context.font) = (nil, "")
    case "w:txbxContent": endTextBox()
    case "w:trPr": propertiesDepth = max(0, propertiesDepth - 1)
    case "w:tcPr":
      propertiesDepth = max(0, propertiesDepth - 1)
      beginCell()
      if context.cellIsDeleted { omission = (.deleted, 1) }
    case "w:tc": endCell()
    case "w:tr": endRow()
    case "w:tbl": endTable()
    default: break
    }
  }

  mutating func text(_ text: String) {
    if takesMath { return equation.append(text) }
    guard takesText else { return }
    if let omission { return leftOut.add(text, omission.reason) }
    append(text)
  }
}

/// The state of a text: the body, or a text box in it.
struct DOCXContext {
  /// The properties of the open paragraph.
  struct Paragraph {
    var style: String?
    var outlineLevel: Int?
    var listLevel: Int?
    var numberID: String?
    var isHeading = false
    var isItem = false
    var isTight = false
    /// Text boxes that are shown in it.
    var boxes: [ProseBuilder] = []
  }

  /// The text before a text box; the box has its own.
  var prose = ProseBuilder()
  var paragraph = Paragraph()
  var isInParagraphProperties = false
  var paragraphStart = 0
  var firstImageOfParagraph = 0
  var previousWasTight = false
  /// Notes that follow the paragraph or the table: mark and text.
  var notes: [(mark: String, text: String)] = []
  var run = DOCXRunProperties()
  var runStyle: String?
  var font = ""
  var tableDepth = 0
  var rowIsDeleted = false
  var cellIsDeleted = false
  var columnSpan = 1
  /// Whether the cell continues the one above; nil if it is not merged.
  var isMerged: Bool?
  var cellIsOpen = false
}
