/// Paragraphs, headings, list items and text boxes.
extension DOCXVisitor {
  mutating func beginParagraph() {
    prose.endScript()
    beginCell()
    prose.breakParagraph()
    context.paragraph = DOCXContext.Paragraph()
    context.paragraphStart = prose.bytes.count
    context.firstImageOfParagraph = images.count
    context.run = DOCXRunProperties()
    context.runStyle = nil
  }

  mutating func startParagraphProperty(_ element: MarkupElement) -> Bool {
    let value = element.attributes["val"]
    switch element.name {
    case "w:pStyle": context.paragraph.style = value
    case "w:outlineLvl": context.paragraph.outlineLevel = value.flatMap { Int($0) }
    case "w:numPr": context.paragraph.listLevel = context.paragraph.listLevel ?? 0
    case "w:ilvl": context.paragraph.listLevel = value.flatMap { Int($0) } ?? 0
    case "w:numId": context.paragraph.numberID = value
    // The properties of the paragraph mark say nothing of the text.
    case "w:rPr": return false
    default: break
    }
    return true
  }

  mutating func applyProperties() {
    let paragraph = context.paragraph
    let level = paragraph.outlineLevel.map { $0 &+ 1 } ?? styles.headingLevel(paragraph.style)
    let label = self.label()
    // Outline level 9 means body text (17.3.1.20).
    if let level, (1...9).contains(level) {
      context.paragraph.isHeading = true
      prose.beginHeading(level: level)
      if let label { prose.append(label + " ") }
    } else if paragraph.numberID != "0",
      let listLevel = paragraph.listLevel ?? styles.listLevel(paragraph.style)
    {
      context.paragraph.isItem = true
      let indentation = String(repeating: "  ", count: min(max(0, listLevel), 8))
      let isTight = label.map(Self.isMark) ?? true
      context.paragraph.isTight = isTight
      if !isTight { prose.breakParagraph() }
      prose.beginItem(isTight ? indentation + (label ?? "-") + " " : (label ?? "") + " ")
      if context.previousWasTight, isTight { prose.breakTightly() }
    }
  }

  /// Whether a label is one that `TextLayout` takes for the mark of a list item; clauses with other
  /// labels are paragraphs of their own.
  private static func isMark(_ label: String) -> Bool {
    let bytes = Array((label + " x").utf8)
    return !label.isEmpty && TextLayout.beginsItem(0..<bytes.count, in: bytes)
  }

  /// The number of the open paragraph, counted on; nil for a bullet or without numbering.
  private mutating func label() -> String? {
    let paragraph = context.paragraph
    let own = paragraph.numberID
    guard let id = own ?? styles.numberID(paragraph.style), id != "0",
      let list = numbering.list(id, styles: styles)
    else { return nil }
    var level = paragraph.listLevel ?? styles.listLevel(paragraph.style) ?? 0
    if own == nil, let style = paragraph.style,
      let linked = list.levels.first(where: { $0.value.style == style })
    {
      level = linked.key
    }
    let label = counters.label(id, level: level, in: list)
    return label.flatMap { $0.isEmpty ? nil : $0 }
  }

  mutating func endParagraph() {
    prose.endScript()
    if context.paragraph.isHeading { prose.endHeading() }
    if context.paragraph.isItem { prose.endItem() }
    takeCaption()
    context.previousWasTight = context.paragraph.isItem && context.paragraph.isTight
    let boxes = context.paragraph.boxes
    context.paragraph = DOCXContext.Paragraph()
    prose.breakParagraph()
    for box in boxes { prose.append(box) }
    if !prose.isInRow { writeNotes() }
  }

  /// A note follows the paragraph that refers to it, so that both end up in one chunk.
  mutating func writeNotes() {
    for note in context.notes {
      prose.append(note.mark + " " + note.text)
      prose.breakParagraph()
    }
    context.notes = []
  }

  // MARK: Text boxes

  /// A text box is anchored in a paragraph and is not a part of it, so its text follows.
  mutating func beginTextBox() {
    prose.endScript()
    context.prose = prose
    outer.append(context)
    context = DOCXContext()
    prose = ProseBuilder()
  }

  mutating func endTextBox() {
    guard var former = outer.popLast() else { return }
    prose.endScript()
    former.notes += context.notes
    former.paragraph.boxes.append(prose)
    prose = former.prose
    former.prose = ProseBuilder()
    context = former
  }

  /// Inserts an embedded document (17.17.2.1).
  mutating func addChunk(_ id: String?) {
    guard let id, let document = chunks[id] else { return }
    prose.append(document)
    leftOut.add(document.leftOut)
  }

  // MARK: Pictures

  mutating func addImage(_ relationship: String?) {
    guard let relationship, images.count < PictureCollector.shownLimit else { return }
    let offset = outer.first?.prose.bytes.count ?? prose.bytes.count
    images.append(
      ShownPicture(address: relationship, captions: drawingCaptions, byteOffset: offset))
    drawingCaptions = []
  }

  /// Adds a paragraph of the style "caption" to the pictures of the paragraph before it, or to its
  /// own.
  private mutating func takeCaption() {
    let own = context.firstImageOfParagraph..<images.count
    let captioned = own.isEmpty ? captionable : own
    let start = context.paragraphStart
    if !captioned.isEmpty, styles.isCaption(context.paragraph.style), start < prose.bytes.count {
      let caption = String(decoding: prose.bytes[start...], as: UTF8.self)
      for index in captioned { images[index].captions.append(caption) }
    }
    captionable = own
  }
}
