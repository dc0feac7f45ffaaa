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

  /// Whether a style is that of captions.
  func isCaption(_ id: String?) -> Bool {
    guard let id else { return false }
    return inherited(id) { $0.name == "caption" ? true : nil } ?? (id == "Caption")
  }

  private func inherited<Value>(_ id: String?, _ property: (Style) -> Value?) -> Value? {
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

/// `word/_rels/document.xml.rels`: the parts that the main part refers to, by identifier (ECMA-376
/// part 2, section 9.3).
struct DOCXRelationships: MarkupVisitor {
  private let mainPart: String
  private var targets: [String: String] = [:]

  init(mainPart: String) {
    self.mainPart = mainPart
  }

  /// The name of the part with the relationships of the main part.
  var partName: String {
    let (folder, name) = Self.split(mainPart)
    return folder + "_rels/" + name + ".rels"
  }

  /// The folder of a part, ending with a slash unless it is the root, and the part's own name.
  private static func split(_ part: String) -> (folder: String, name: String) {
    let name = part.split(separator: "/").last.map(String.init) ?? part
    return (String(part.dropLast(name.count)), name)
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "Relationship", let id = element.attributes["Id"],
      element.attributes["TargetMode"] != "External"
    {
      targets[id] = element.attributes["Target"]
    }
    return true
  }

  mutating func end(_ name: String) {}

  mutating func text(_ text: String) {}

  /// The name of the part in the archive; nil for an unknown identifier or one outside of the file.
  func part(of id: String) -> String? {
    guard let target = targets[id] else { return nil }
    if target.hasPrefix("/") { return String(target.dropFirst()) }
    var components = Self.split(mainPart).folder.split(separator: "/").map(String.init)
    for component in target.split(separator: "/") {
      switch component {
      case ".": continue
      case "..": if components.popLast() == nil { return nil }
      default: components.append(String(component))
      }
    }
    return components.joined(separator: "/")
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
