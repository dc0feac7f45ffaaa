/// Turns the elements of a page into text, and lists its pictures.
struct HTMLVisitor: MarkupVisitor {
  private(set) var prose = ProseBuilder()
  private(set) var title: String?
  private(set) var images: [ShownPicture] = []

  /// An open `figure`: its first picture, and the bytes of its caption in the text.
  private struct Figure {
    let firstImage: Int
    var captionStart: Int?
    var caption = ""
  }

  private var figures: [Figure] = []
  private var titleText: String?
  private var preformattedDepth = 0
  private var cellCounts: [Int] = []
  private var lists: [List] = []
  /// For each open table, whether its rows become lines of text.
  private var tablesAreData: [Bool] = []

  private struct List {
    let isOrdered: Bool
    var number: Int
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if Self.skipped.contains(element.name) || Self.isHidden(element) { return false }
    switch element.name {
    case "title": titleText = ""
    case "h1", "h2", "h3", "h4", "h5", "h6": prose.beginHeading(level: Self.level(element.name))
    case "br": prose.breakLine()
    case "img": addImage(element)
    case "figure":
      prose.breakParagraph()
      figures.append(Figure(firstImage: images.count))
    case "figcaption":
      prose.breakParagraph()
      beginCaption()
    case "pre", "listing", "xmp":
      prose.breakParagraph()
      preformattedDepth += 1
    case "ul", "ol", "menu": beginList(element)
    case "li": beginItem()
    case "table":
      prose.breakParagraph()
      tablesAreData.append(!element.isLayoutTable && !prose.isInRow)
    case "tr" where tablesAreData.last == true:
      prose.beginRow()
      cellCounts.append(0)
    case "td", "th": beginCell()
    default: breakAround(element.name)
    }
    return true
  }

  mutating func end(_ name: String) {
    switch name {
    case "title":
      let words = titleText?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      title = title ?? words.flatMap { $0.isEmpty ? nil : Self.withoutControls($0) }
      titleText = nil
    case "h1", "h2", "h3", "h4", "h5", "h6": prose.endHeading()
    case "pre", "listing", "xmp":
      preformattedDepth = max(0, preformattedDepth - 1)
      prose.breakParagraph()
    case "ul", "ol", "menu":
      _ = lists.popLast()
      if lists.isEmpty { prose.breakParagraph() } else { prose.breakLine() }
    case "li": prose.endItem()
    case "table":
      _ = tablesAreData.popLast()
      prose.breakParagraph()
    case "tr" where tablesAreData.last == true:
      _ = cellCounts.popLast()
      prose.endRow()
    case "figcaption":
      endCaption()
      prose.breakParagraph()
    case "figure":
      endFigure()
      prose.breakParagraph()
    default: breakAround(name)
    }
  }

  mutating func text(_ text: String) {
    if titleText != nil {
      titleText?.append(text)
    } else if preformattedDepth > 0 {
      prose.appendPreformatted(Self.withWindowsCharacters(text))
    } else {
      prose.append(Self.withWindowsCharacters(text))
    }
  }

  // MARK: Pictures

  private mutating func addImage(_ element: MarkupElement) {
    guard let address = element.attributes["src"], images.count < PictureCollector.limit else {
      return
    }
    let captions = ["alt", "title"].compactMap { element.attributes[$0] }
    images.append(
      ShownPicture(address: address, captions: captions, byteOffset: prose.bytes.count))
  }

  private mutating func beginCaption() {
    guard let last = figures.indices.last else { return }
    figures[last].captionStart = prose.bytes.count
  }

  private mutating func endCaption() {
    guard let last = figures.indices.last, let start = figures[last].captionStart else { return }
    figures[last].caption = String(decoding: prose.bytes[start...], as: UTF8.self)
    figures[last].captionStart = nil
  }

  /// The caption may precede the picture, so it is added at the end of the figure.
  private mutating func endFigure() {
    guard let figure = figures.popLast(), !figure.caption.isEmpty else { return }
    for index in figure.firstImage..<images.count {
      images[index].captions.append(figure.caption)
    }
  }

  // MARK: Lists and cells

  private mutating func beginList(_ element: MarkupElement) {
    if lists.isEmpty { prose.breakParagraph() } else { prose.breakLine() }
    let first = element.attributes["start"].flatMap { Int($0) } ?? 1
    lists.append(List(isOrdered: element.name == "ol", number: first))
  }

  private mutating func beginItem() {
    // Indentation is limited to ten levels.
    let indentation = String(repeating: "  ", count: min(max(0, lists.count - 1), 10))
    guard let last = lists.indices.last, lists[last].isOrdered else {
      prose.beginItem(indentation + "- ")
      return
    }
    prose.beginItem(indentation + "\(lists[last].number). ")
    lists[last].number &+= 1
  }

  private mutating func beginCell() {
    guard prose.isInRow, let last = cellCounts.indices.last else { return prose.breakParagraph() }
    if cellCounts[last] > 0 { prose.nextCell() }
    cellCounts[last] += 1
  }

  private mutating func breakAround(_ name: String) {
    if Self.paragraphs.contains(name) {
      prose.breakParagraph()
    } else if Self.lines.contains(name) {
      prose.breakLine()
    }
  }

  // MARK: Which element means what

  /// Elements without text for a reader: scripts, controls, drawings and navigation.
  private static let skipped: Set<String> = [
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed",
    "applet", "audio", "video", "map", "nav", "button", "select", "input", "textarea", "datalist",
  ]

  private static let paragraphs: Set<String> = [
    "p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote",
    "address", "fieldset", "form", "details", "summary", "dl", "hr", "body",
    "center", "hgroup", "dialog",
  ]

  private static let lines: Set<String> = ["dt", "dd", "caption", "legend", "tr", "option"]

  /// Text that a browser does not show is not part of the document: hidden text is a common place
  /// for prompt injection.
  private static func isHidden(_ element: MarkupElement) -> Bool {
    if element.attributes["hidden"] != nil { return true }
    if element.attributes["role"] == "navigation" { return true }
    guard let style = element.attributes["style"] else { return false }
    let compact = style.lowercased().filter { !$0.isWhitespace }
    return compact.contains("display:none") || compact.contains("visibility:hidden")
  }

  private static func level(_ name: String) -> Int {
    Int(name.dropFirst()) ?? 1
  }

  /// References such as `&#150;` denote Windows-1252 characters (HTML Standard, 13.2.5.80).
  private static func withWindowsCharacters(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(TextDecoder.windows1252(scalar))
    }
    return String(result)
  }

  private static func withoutControls(_ text: String) -> String {
    var prose = ProseBuilder()
    prose.append(withWindowsCharacters(text))
    return prose.text
  }
}
