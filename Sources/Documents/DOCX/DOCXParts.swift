/// `word/styles.xml`: which paragraph styles are headings and lists.
///
/// Word writes the names of its own styles in English in `w:name`, whatever the language of the
/// `w:styleId`.
struct DOCXStyles: MarkupVisitor {
  private struct Style {
    var name = ""
    var basedOn: String?
    var outlineLevel: Int?
    var listLevel: Int?
  }

  private var styles: [String: Style] = [:]
  private var openID: String?
  private var open = Style()

  mutating func start(_ element: MarkupElement) -> Bool {
    let value = element.attributes["val"]
    switch element.name {
    case "w:style":
      openID = element.attributes["styleId"]
      open = Style()
    case "w:name": open.name = value?.lowercased() ?? ""
    case "w:basedOn": open.basedOn = value
    case "w:outlineLvl": open.outlineLevel = value.flatMap { Int($0) }
    case "w:numPr": open.listLevel = open.listLevel ?? 0
    case "w:ilvl": open.listLevel = value.flatMap { Int($0) } ?? 0
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    guard name == "w:style", let id = openID else { return }
    styles[id] = open
    openID = nil
  }

  mutating func text(_ text: String) {}

  /// 1 to 9 for a heading style, which may inherit the level from the styles it is based on; nil
  /// for other styles.
  func headingLevel(_ id: String?) -> Int? {
    inherited(id) { style in
      if let level = style.outlineLevel { return level + 1 }
      if style.name == "title" { return 1 }
      guard style.name.hasPrefix("heading ") else { return nil }
      return Int(style.name.dropFirst("heading ".count))
    }
  }

  /// The list level of a style such as "List Bullet"; nil for other styles.
  func listLevel(_ id: String?) -> Int? {
    inherited(id) { $0.listLevel ?? ($0.name.hasPrefix("list bullet") ? 0 : nil) }
  }

  private func inherited(_ id: String?, _ property: (Style) -> Int?) -> Int? {
    var next = id
    // A hostile file may contain a cycle of styles; real chains have three or four links.
    for _ in 0..<16 {
      guard let current = next else { return nil }
      guard let style = styles[current] else {
        // Files without a style part use Word's own identifiers.
        guard current.hasPrefix("Heading") else { return nil }
        return property(Style(name: "heading " + current.dropFirst("Heading".count)))
      }
      if let value = property(style) { return value }
      next = style.basedOn
    }
    return nil
  }
}

/// `word/footnotes.xml`: the notes by identifier, each on one line.
struct DOCXFootnotes: MarkupVisitor {
  private(set) var texts: [String: String] = [:]
  private var openID: String?
  private var prose = ProseBuilder()
  private var takesText = false

  mutating func start(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "w:footnote":
      // Separators between text and notes are stored as notes with a type of their own.
      guard element.attributes["type"] == nil || element.attributes["type"] == "normal" else {
        return false
      }
      openID = element.attributes["id"]
      prose = ProseBuilder()
    case "w:del", "w:moveFrom", "w:instrText", "mc:Fallback": return false
    case "w:t": takesText = true
    case "w:p", "w:tab", "w:br": prose.append(" ")
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    if name == "w:t" { takesText = false }
    guard name == "w:footnote", let id = openID else { return }
    if !prose.bytes.isEmpty { texts[id] = prose.text }
    openID = nil
  }

  mutating func text(_ text: String) {
    if takesText { prose.append(text) }
  }
}

/// `docProps/core.xml`: the title.
struct DOCXProperties: MarkupVisitor {
  private(set) var title: String?
  private var prose: ProseBuilder?

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "dc:title" { prose = ProseBuilder() }
    return true
  }

  mutating func end(_ name: String) {
    guard name == "dc:title", let found = prose else { return }
    title = found.bytes.isEmpty ? nil : found.text
    prose = nil
  }

  mutating func text(_ text: String) { prose?.append(text) }
}
