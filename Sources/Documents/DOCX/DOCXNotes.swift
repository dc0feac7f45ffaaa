/// `word/footnotes.xml` or `word/endnotes.xml`: the notes by identifier, each on one line.
struct DOCXNotes: MarkupVisitor {
  private(set) var texts: [String: String] = [:]
  private(set) var leftOut = LeftOutWords()
  private let styles: DOCXStyles
  private var openID: String?
  private var visitor: DOCXVisitor?

  init(styles: DOCXStyles) {
    self.styles = styles
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if visitor != nil { return visitor?.start(element) ?? true }
    guard element.name == "w:footnote" || element.name == "w:endnote" else { return true }
    // Separators between text and notes are stored as notes with a type of their own.
    guard ["normal", nil].contains(element.attributes["type"]) else { return false }
    openID = element.attributes["id"]
    visitor = DOCXVisitor(styles: styles)
    return true
  }

  mutating func end(_ name: String) {
    guard name == "w:footnote" || name == "w:endnote" else {
      visitor?.end(name)
      return
    }
    if let id = openID, let visitor {
      let text = visitor.prose.text.split(whereSeparator: \.isNewline).joined(separator: " ")
      if !text.isEmpty { texts[id] = text }
      leftOut.add(visitor.leftOut)
    }
    (openID, visitor) = (nil, nil)
  }

  mutating func text(_ text: String) { visitor?.text(text) }
}

/// `word/settings.xml`: how notes are numbered (ECMA-376, 17.11).
struct DOCXSettings: MarkupVisitor {
  /// The number format of footnotes and endnotes; Word's own defaults.
  private(set) var footnoteFormat = "decimal"
  private(set) var endnoteFormat = "lowerRoman"
  private var open: String?

  mutating func start(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "w:footnotePr", "w:endnotePr": open = element.name
    case "w:numFmt":
      guard let format = element.attributes["val"] else { break }
      if open == "w:footnotePr" { footnoteFormat = format }
      if open == "w:endnotePr" { endnoteFormat = format }
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    if name == open { open = nil }
  }

  mutating func text(_ text: String) {}
}

/// Counts the words of a part that is not read: headers, footers, comments.
struct DOCXWordCount: MarkupVisitor {
  private(set) var leftOut = LeftOutWords()
  private let reason: LeftOutWords.Reason
  private var takesText = false

  init(reason: LeftOutWords.Reason) { self.reason = reason }

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "w:t" { takesText = true }
    return element.name != "mc:Fallback"
  }

  mutating func end(_ name: String) {
    if name == "w:t" { takesText = false }
  }

  mutating func text(_ text: String) {
    if takesText { leftOut.add(text, reason) }
  }
}
