/// Builds the tree of a page from its tokens (HTML Standard, section 13.2.6), as every browser does.
///
/// Scripting counts as enabled, so that `noscript` is raw text: its content is for other readers.
/// Left out, because no text depends on it: comments, framesets, the attributes of repeated `html`
/// and `body` tags, and the selection of options that the standard changed in 2025.
///
/// Three limits keep a hostile page from taking more than linear time and memory:
/// `maximumDepth`, `maximumFormattingCount` and a bound on the elements that are opened again.
struct HTMLTreeBuilder {
  /// Elements below this depth become siblings; browsers have the same limit of 512.
  static let maximumDepth = 512
  /// Number of formatting elements that are kept open across blocks.
  ///
  /// The standard allows three of each kind and sum of attributes, and sets no other bound.
  static let maximumFormattingCount = 64
  /// Entries of the list of formatting elements after which no more markers are added.
  static let maximumMarkedCount = 4_096

  /// The insertion modes of section 13.2.4.1.
  enum Mode {
    case initial, beforeHTML, beforeHead, inHead, afterHead, inBody, text, inTable, inCaption
    case inColumnGroup, inTableBody, inRow, inCell, inSelect, inSelectInTable, inTemplate
    case afterBody
  }

  /// An entry of the list of active formatting elements: an element, or a marker.
  enum Formatting {
    case element(Int)
    case marker
  }

  var tokenizer: HTMLTokenizer
  var nodes = HTMLNodes()
  var mode = Mode.initial
  var modeAfterText = Mode.inBody
  var templateModes: [Mode] = []
  /// The stack of open elements, the current one last.
  var open: [Int] = []
  var formatting: [Formatting] = []
  /// Elements that were opened again by `reconstructFormatting`.
  var reopenedCount = 0
  var head: Int?
  var form: Int?
  var isQuirky = false
  /// Whether content that a table cannot contain is put before it.
  var fostersParents = false
  /// Whether a line feed at the start of the next text is dropped, as after `<pre>`.
  var dropsLineFeed = false
  /// Whether an element was made a sibling because of `maximumDepth`.
  private(set) var reachedMaximumDepth = false

  init(_ input: [UInt8]) {
    tokenizer = HTMLTokenizer(input)
  }

  /// Reads the whole page.
  mutating func build() {
    while true {
      tokenizer.allowsCDATA = current.map { nodes[$0].namespace != .html } ?? false
      var token = tokenizer.next()
      if dropsLineFeed {
        dropsLineFeed = false
        if token.kind == .text, tokenizer.text[token.range.lowerBound] == 0x0A {
          token.range = token.range.lowerBound + 1..<token.range.upperBound
          if token.range.isEmpty { continue }
        }
      }
      // A rule that only changes the mode returns false; then the token is tried again.
      while !process(token) {}
      if token.kind == .end { return }
    }
  }

  private mutating func process(_ token: HTMLToken) -> Bool {
    if isForeign(token) { return processForeign(token) }
    return process(token, in: mode)
  }

  mutating func process(_ token: HTMLToken, in mode: Mode) -> Bool {
    switch mode {
    case .initial: initial(token)
    case .beforeHTML: beforeHTML(token)
    case .beforeHead: beforeHead(token)
    case .inHead: inHead(token)
    case .afterHead: afterHead(token)
    case .inBody: inBody(token)
    case .text: inText(token)
    case .inTable: inTable(token)
    case .inCaption: inCaption(token)
    case .inColumnGroup: inColumnGroup(token)
    case .inTableBody: inTableBody(token)
    case .inRow: inRow(token)
    case .inCell: inCell(token)
    case .inSelect: inSelect(token)
    case .inSelectInTable: inSelectInTable(token)
    case .inTemplate: inTemplate(token)
    case .afterBody: afterBody(token)
    }
  }

  // MARK: The stack of open elements

  var current: Int? { open.last }

  /// The tag of the current node; `other` for SVG and MathML.
  var currentTag: HTMLTag { current.map { nodes.tag($0) } ?? .other }

  func isOpen(_ tag: HTMLTag) -> Bool { open.contains { nodes.tag($0) == tag } }

  /// Whether an element that `matches` is in the scope that the elements of `ends` bound.
  func hasInScope(_ ends: HTMLTagSet = .scope, where matches: (HTMLTag) -> Bool) -> Bool {
    // Foreign elements end every scope but that of tables.
    let endsAtForeign = ends.contains(.applet)
    for node in open.reversed() {
      let tag = nodes.tag(node)
      if nodes[node].namespace == .html {
        if matches(tag) { return true }
        if ends.contains(tag) { return false }
      } else if endsAtForeign, HTMLTagSet.specialForeign.contains(nodes[node].tag) {
        return false
      }
    }
    return false
  }

  func hasInScope(_ tag: HTMLTag, _ ends: HTMLTagSet = .scope) -> Bool {
    hasInScope(ends) { $0 == tag }
  }

  /// Pops elements up to and with the first that `matches`.
  mutating func pop(through matches: (HTMLTag) -> Bool) {
    while let node = open.popLast() {
      if matches(nodes.tag(node)) { return }
    }
  }

  mutating func pop(through tag: HTMLTag) { pop { $0 == tag } }

  /// Pops elements until the current one is in the set, or the root is left.
  mutating func pop(to tags: HTMLTagSet) {
    while open.count > 1, !tags.contains(currentTag) { open.removeLast() }
  }

  mutating func generateImpliedEnds(
    _ tags: HTMLTagSet = .impliedEnd, except exception: HTMLTag = .other
  ) {
    while tags.contains(currentTag), currentTag != exception { open.removeLast() }
  }

  mutating func closeParagraph() {
    guard hasInScope(.p, .buttonScope) else { return }
    generateImpliedEnds(except: .p)
    pop(through: .p)
  }

  // MARK: Insertion

  /// The place of the next node: a parent, and the child before which it goes, or nil for the end
  /// (section 13.2.6.1).
  func place(in target: Int? = nil) -> (parent: Int, before: Int?) {
    let parent = target ?? current ?? 0
    guard fostersParents, Self.fosteringTags.contains(nodes.tag(parent)) else {
      return (parent, nil)
    }
    let table = open.lastIndex { nodes.tag($0) == .table }
    if let template = open.lastIndex(where: { nodes.tag($0) == .template }),
      template > table ?? -1
    {
      return (open[template], nil)
    }
    guard let table else { return (open.first ?? 0, nil) }
    if let parent = nodes.parent(open[table]) { return (parent, open[table]) }
    return (table > 0 ? open[table - 1] : 0, nil)
  }

  private static let fosteringTags: HTMLTagSet = [.table, .tbody, .tfoot, .thead, .tr]

  /// Inserts an element and makes it the current one.
  @discardableResult
  mutating func insert(
    _ token: HTMLToken, _ namespace: HTMLNode.Namespace = .html
  ) -> Int {
    let node = nodes.makeElement(token, namespace)
    push(node)
    return node
  }

  /// Inserts a made element and makes it the current one.
  mutating func push(_ node: Int) {
    if open.count >= Self.maximumDepth {
      reachedMaximumDepth = true
      open.removeLast()
    }
    let place = place()
    nodes.insert(node, into: place.parent, before: place.before)
    open.append(node)
  }

  /// Inserts an element that has no content.
  mutating func insertVoid(_ token: HTMLToken) {
    insert(token)
    open.removeLast()
  }

  /// Inserts an element that a missing tag implies.
  mutating func insertImplied(_ tag: HTMLTag, line: Int) {
    insert(HTMLToken(kind: .startTag, tag: tag, name: tag.name, line: line))
  }

  mutating func insertText(_ token: HTMLToken) {
    let place = place()
    guard place.parent != 0 else { return }
    nodes.insertText(token.range, line: token.line, into: place.parent, before: place.before)
  }

  /// Inserts an element whose content is text up to its end tag.
  mutating func insertTextElement(_ token: HTMLToken, _ content: HTMLTokenizer.Content) {
    insert(token)
    tokenizer.content = content
    tokenizer.contentName = Array(token.name.utf8)
    if content != .plain {
      modeAfterText = mode
      mode = .text
    }
  }

  private mutating func inText(_ token: HTMLToken) -> Bool {
    switch token.kind {
    case .text:
      insertText(token)
      return true
    case .end:
      _ = open.popLast()
      mode = modeAfterText
      return false
    default:
      _ = open.popLast()
      mode = modeAfterText
      return true
    }
  }

  /// The part of a text before its first visible character, and the rest.
  func splitBlank(_ token: HTMLToken) -> (blank: HTMLToken?, rest: HTMLToken?) {
    guard token.kind == .text else { return (nil, token) }
    if token.isBlank { return (token, nil) }
    let text = tokenizer.text
    let start = token.range.first { !HTMLTokenizer.isSpace(text[$0]) } ?? token.range.lowerBound
    guard start > token.range.lowerBound else { return (nil, token) }
    var blank = token
    blank.range = token.range.lowerBound..<start
    blank.isBlank = true
    var rest = token
    rest.range = start..<token.range.upperBound
    return (blank, rest)
  }

  /// Chooses the mode by the open elements (section 13.2.4.1).
  mutating func resetMode() {
    for (index, node) in open.enumerated().reversed() {
      switch nodes.tag(node) {
      case .select:
        let isInTable = open[..<index].contains { nodes.tag($0) == .table }
        return mode = isInTable ? .inSelectInTable : .inSelect
      case .td, .th: return mode = .inCell
      case .tr: return mode = .inRow
      case .tbody, .thead, .tfoot: return mode = .inTableBody
      case .caption: return mode = .inCaption
      case .colgroup: return mode = .inColumnGroup
      case .table: return mode = .inTable
      case .template: return mode = templateModes.last ?? .inBody
      case .head: return mode = .inHead
      case .body: return mode = .inBody
      case .html: return mode = head == nil ? .beforeHead : .afterHead
      default: continue
      }
    }
    mode = .inBody
  }
}
