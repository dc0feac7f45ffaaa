/// `word/styles.xml`: which paragraph styles are headings and lists, and which styles hide or raise
/// text.
///
/// Word writes the names of its own styles in English in `w:name`, whatever the language of the
/// `w:styleId`.
struct DOCXStyles: MarkupVisitor {
  private struct Style {
    var name = ""
    var basedOn: String?
    var outlineLevel: Int?
    var listLevel: Int?
    var numberID: String?
    var run = DOCXRunProperties()
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
    case "w:numId": open.numberID = value
    case "w:tblStylePr": return false
    default: open.run.take(element)
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
      if let level = style.outlineLevel { return level &+ 1 }
      if style.name == "title" { return 1 }
      guard style.name.hasPrefix("heading ") else { return nil }
      return Int(style.name.dropFirst("heading ".count))
    }
  }

  /// The list level of a style such as "List Bullet"; nil for other styles.
  func listLevel(_ id: String?) -> Int? {
    inherited(id) { $0.listLevel ?? ($0.name.hasPrefix("list bullet") ? 0 : nil) }
  }

  /// The numbering of a style; nil for a style without one.
  func numberID(_ id: String?) -> String? { inherited(id) { $0.numberID } }

  /// The run properties of a style, including inherited ones.
  func run(_ id: String?) -> DOCXRunProperties {
    guard id != nil else { return DOCXRunProperties() }
    var result = DOCXRunProperties()
    result.isHidden = inherited(id) { $0.run.isHidden }
    result.isStruck = inherited(id) { $0.run.isStruck }
    result.position = inherited(id) { $0.run.position }
    return result
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
