/// Turns the elements of a page into text, and lists its pictures.
struct HTMLTextWriter {
  var prose = ProseBuilder()
  private(set) var title: String?
  var images: [ShownPicture] = []
  private(set) var leftOut = LeftOutWords()

  let page: HTMLPage
  private let plan: HTMLContentPlan

  /// An open `figure`: its first picture, and the bytes of its caption in the text.
  struct Figure {
    let firstImage: Int
    var captionStart: Int?
    var caption = ""
  }

  struct List {
    let isOrdered: Bool
    var number: Int
  }

  var figures: [Figure] = []
  private var titleText: String?
  private var preformattedDepth = 0
  var lists: [List] = []
  /// For each open table, whether its rows become lines of text.
  var tablesAreData: [Bool] = []
  var equation = MathText()
  private var formDepth = 0
  private var headingDepth = 0

  init(_ page: HTMLPage) {
    self.page = page
    plan = HTMLContentPlan(page)
  }

  /// Writes the whole page; nothing recurses.
  mutating func write() {
    var node = 0
    while true {
      if enter(node), let child = page.nodes.firstChild(node) {
        node = child
        continue
      }
      while page.nodes.next(node) == nil {
        guard let parent = page.nodes.parent(node) else { return }
        end(parent)
        node = parent
      }
      guard let next = page.nodes.next(node) else { return }
      node = next
    }
  }

  /// Writes a text or begins an element; returns whether its children are visited.
  private mutating func enter(_ node: Int) -> Bool {
    switch page.nodes[node].kind {
    case .document: return true
    case .text:
      for piece in page.pieces(node) { text(piece.text, line: piece.line) }
      return false
    case .element:
      if let reason = reasonToSkip(node) {
        leftOut.add(plan.wordCount(node), reason)
        return false
      }
      guard isRead(node) else { return false }
      start(node)
      if page.nodes.firstChild(node) == nil { end(node) }
      return true
    }
  }

  // MARK: Which element means what

  /// Elements without text for a reader: programs, controls, drawings, other pages.
  static let unread: HTMLTagSet = [
    .applet, .audio, .canvas, .datalist, .embed, .iframe, .input, .map, .noembed, .noframes,
    .noscript, .object, .rp, .rt, .rtc, .script, .select, .style, .template, .textarea, .video,
    .annotation, .annotationXML,
  ]

  private func reasonToSkip(_ node: Int) -> LeftOutWords.Reason? {
    if let reason = plan.reasons[node] { return reason }
    switch page.nodes.tag(node) {
    case .del, .s, .strike: return .struckOut
    default: break
    }
    let style = page.nodes.attributes(node)[.style]?.lowercased()
    return style?.contains("line-through") == true ? .struckOut : nil
  }

  private func isRead(_ node: Int) -> Bool {
    switch page.nodes[node].namespace {
    case .svg: return false
    case .math: return !Self.unread.contains(page.nodes[node].tag)
    case .html: break
    }
    let tag = page.nodes.tag(node)
    return tag == .button ? isText(button: node) : !Self.unread.contains(tag)
  }

  /// Buttons do something with the page; but the heads of accordions are buttons as well, and a
  /// button with several words says something.
  private func isText(button node: Int) -> Bool {
    if headingDepth > 0 { return true }
    let attributes = page.nodes.attributes(node)
    let type = attributes[.type]?.lowercased()
    if type == "submit" || type == "reset" { return false }
    let controls: [HTMLAttribute] = [
      .ariaControls, .ariaExpanded, .dataTarget, .dataBootstrapTarget,
    ]
    if controls.contains(where: { attributes[$0] != nil }) { return true }
    return formDepth == 0 && plan.wordCount(node) > 2
  }

  private static let paragraphs: HTMLTagSet = [
    .address, .article, .aside, .blockquote, .body, .button, .center, .details, .dialog, .div, .dl,
    .fieldset, .footer, .form, .header, .hgroup, .hr, .main, .p, .search, .section, .summary,
  ]
  private static let lines: HTMLTagSet = [.caption, .dd, .dt, .legend, .option, .tr]

  mutating func breakAround(_ tag: HTMLTag) {
    if tag == .button, headingDepth > 0 { return }
    if Self.paragraphs.contains(tag) {
      prose.breakParagraph()
    } else if Self.lines.contains(tag) {
      prose.breakLine()
    }
  }

  // MARK: Elements

  private mutating func start(_ node: Int) {
    if page.nodes[node].namespace == .math { return startMath(node) }
    let tag = page.nodes.tag(node)
    if Self.scopes.contains(tag) { prose.endScript() }
    switch tag {
    case .title: titleText = ""
    case .h1, .h2, .h3, .h4, .h5, .h6:
      prose.beginHeading(level: tag.headingLevel ?? 1)
      headingDepth += 1
    case .summary, .dt:
      headingDepth += 1
      breakAround(tag)
    case .br: prose.breakLine()
    case .img: addImage(page.nodes.attributes(node))
    case .figure:
      prose.breakParagraph()
      figures.append(Figure(firstImage: images.count))
    case .figcaption:
      prose.breakParagraph()
      beginCaption()
    case .pre, .listing, .xmp:
      prose.breakParagraph()
      preformattedDepth += 1
    case .ul, .ol, .menu, .dir: beginList(node, tag)
    case .li: beginItem(page.nodes.attributes(node))
    case .sup: prose.beginScript(.superscript, isNote: isNoteMark(node))
    case .sub: prose.beginScript(.subscript_)
    case .form:
      formDepth += 1
      breakAround(tag)
    case .table, .tr, .td, .th: startTablePart(node, tag)
    default: breakAround(tag)
    }
  }

  /// Elements that end a superscript which a page has left open.
  private static let scopes = HTMLTagSet.blocks.union([
    .br, .table, .tr, .td, .th, .li, .h1, .h2, .h3, .h4, .h5, .h6,
  ])

  private mutating func end(_ node: Int) {
    if page.nodes[node].namespace == .math { return endMath() }
    let tag = page.nodes.tag(node)
    if Self.scopes.contains(tag) { prose.endScript() }
    switch tag {
    case .title: endTitle()
    case .h1, .h2, .h3, .h4, .h5, .h6:
      prose.endHeading()
      headingDepth = max(0, headingDepth - 1)
    case .summary, .dt:
      headingDepth = max(0, headingDepth - 1)
      breakAround(tag)
    case .pre, .listing, .xmp:
      preformattedDepth = max(0, preformattedDepth - 1)
      prose.breakParagraph()
    case .ul, .ol, .menu, .dir:
      _ = lists.popLast()
      if lists.isEmpty { prose.breakParagraph() } else { prose.breakLine() }
    case .li: prose.endItem()
    case .sup, .sub: prose.endScript()
    case .form:
      formDepth = max(0, formDepth - 1)
      breakAround(tag)
    case .table, .tr, .td, .th: endTablePart(tag)
    case .figcaption:
      endCaption()
      prose.breakParagraph()
    case .figure:
      endFigure()
      prose.breakParagraph()
    default: breakAround(tag)
    }
  }

  private mutating func text(_ text: String, line: Int) {
    if titleText != nil {
      titleText?.append(text)
    } else if equation.isOpen {
      let visible = text.filter {
        !$0.isWhitespace && !"\u{2061}\u{2062}\u{2063}\u{2064}".contains($0)
      }
      if !visible.isEmpty { equation.append(visible) }
    } else {
      prose.line = line
      if preformattedDepth > 0 { prose.appendPreformatted(text) } else { prose.append(text) }
    }
  }

  private mutating func endTitle() {
    var words = ProseBuilder()
    words.append(titleText ?? "")
    if title == nil, !words.bytes.isEmpty { title = words.text }
    titleText = nil
  }

  /// Whether a superscript is the mark of a note: a link to a place of the page, or named so.
  private func isNoteMark(_ node: Int) -> Bool {
    let nodes = page.nodes
    func links(_ node: Int) -> Bool {
      nodes.tag(node) == .a && nodes.attributes(node)[.href]?.contains("#") == true
    }
    if let parent = nodes.parent(node), links(parent) { return true }
    var child = nodes.firstChild(node)
    while let current = child {
      if links(current) { return true }
      child = nodes.next(current)
    }
    let attributes = nodes.attributes(node)
    let name = ((attributes[.class] ?? "") + " " + (attributes[.role] ?? "")).lowercased()
    return ["footnote", "noteref", "fn-ref", "reference"].contains { name.contains($0) }
  }
}
