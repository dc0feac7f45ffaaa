/// The rules inside tables and lists of options (sections 13.2.6.4.9 to 13.2.6.4.17).
extension HTMLTreeBuilder {
  mutating func inTable(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _):
      guard token.isBlank, Self.tableTags.contains(currentTag) else { return foster(token) }
      insertText(token)
      return true
    case (.doctype, _): return true
    case (.startTag, .caption):
      pop(to: .tableScope)
      pushMarker()
      insert(token)
      mode = .inCaption
    case (.startTag, .colgroup):
      pop(to: .tableScope)
      insert(token)
      mode = .inColumnGroup
    case (.startTag, .col):
      pop(to: .tableScope)
      insertImplied(.colgroup, line: token.line)
      mode = .inColumnGroup
      return false
    case (.startTag, .tbody), (.startTag, .tfoot), (.startTag, .thead):
      pop(to: .tableScope)
      insert(token)
      mode = .inTableBody
    case (.startTag, .td), (.startTag, .th), (.startTag, .tr):
      pop(to: .tableScope)
      insertImplied(.tbody, line: token.line)
      mode = .inTableBody
      return false
    case (.startTag, .table):
      guard hasInScope(.table, .tableScope) else { return true }
      pop(through: .table)
      resetMode()
      return false
    case (.endTag, .table):
      guard hasInScope(.table, .tableScope) else { return true }
      pop(through: .table)
      resetMode()
    case (.endTag, .body), (.endTag, .caption), (.endTag, .col), (.endTag, .colgroup),
      (.endTag, .html), (.endTag, .tbody), (.endTag, .td), (.endTag, .tfoot), (.endTag, .th),
      (.endTag, .thead), (.endTag, .tr):
      return true
    case (.startTag, .style), (.startTag, .script), (.startTag, .template), (.endTag, .template):
      return inHead(token)
    case (.startTag, .input) where token.attributes[.type]?.lowercased() == "hidden":
      insertVoid(token)
    case (.startTag, .form):
      guard form == nil, !isOpen(.template) else { return true }
      form = insert(token)
      open.removeLast()
    case (.end, _): return inBody(token)
    default: return foster(token)
    }
    return true
  }

  private static let tableTags: HTMLTagSet = [.table, .tbody, .template, .tfoot, .thead, .tr]

  /// Content that does not belong into a table goes before it.
  private mutating func foster(_ token: HTMLToken) -> Bool {
    fostersParents = true
    defer { fostersParents = false }
    return inBody(token)
  }

  mutating func inCaption(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.endTag, .caption):
      endCaption()
      return true
    case (.startTag, .caption), (.startTag, .col), (.startTag, .colgroup), (.startTag, .tbody),
      (.startTag, .td), (.startTag, .tfoot), (.startTag, .th), (.startTag, .thead),
      (.startTag, .tr), (.endTag, .table):
      return !endCaption()
    case (.endTag, .body), (.endTag, .col), (.endTag, .colgroup), (.endTag, .html),
      (.endTag, .tbody), (.endTag, .td), (.endTag, .tfoot), (.endTag, .th), (.endTag, .thead),
      (.endTag, .tr):
      return true
    default: return inBody(token)
    }
  }

  /// Returns whether a caption was open.
  @discardableResult
  private mutating func endCaption() -> Bool {
    guard hasInScope(.caption, .tableScope) else { return false }
    generateImpliedEnds()
    pop(through: .caption)
    clearFormattingToMarker()
    mode = .inTable
    return true
  }

  mutating func inColumnGroup(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _) where token.isBlank:
      insertText(token)
      return true
    case (.doctype, _), (.startTag, .html), (.endTag, .col): return true
    case (.startTag, .col):
      insertVoid(token)
      return true
    case (.startTag, .template), (.endTag, .template): return inHead(token)
    case (.end, _): return inBody(token)
    default:
      guard currentTag == .colgroup else { return true }
      open.removeLast()
      mode = .inTable
      return token.kind == .endTag && token.tag == .colgroup
    }
  }

  mutating func inTableBody(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.startTag, .tr):
      pop(to: Self.bodyContext)
      insert(token)
      mode = .inRow
      return true
    case (.startTag, .th), (.startTag, .td):
      pop(to: Self.bodyContext)
      insertImplied(.tr, line: token.line)
      mode = .inRow
      return false
    case (.endTag, .tbody), (.endTag, .tfoot), (.endTag, .thead):
      guard hasInScope(token.tag, .tableScope) else { return true }
      pop(to: Self.bodyContext)
      open.removeLast()
      mode = .inTable
      return true
    case (.startTag, .caption), (.startTag, .col), (.startTag, .colgroup), (.startTag, .tbody),
      (.startTag, .tfoot), (.startTag, .thead), (.endTag, .table):
      guard hasInScope(.tableScope, where: { HTMLTagSet.rowGroups.contains($0) }) else {
        return true
      }
      pop(to: Self.bodyContext)
      open.removeLast()
      mode = .inTable
      return false
    case (.endTag, .body), (.endTag, .caption), (.endTag, .col), (.endTag, .colgroup),
      (.endTag, .html), (.endTag, .td), (.endTag, .th), (.endTag, .tr):
      return true
    default: return inTable(token)
    }
  }

  private static let bodyContext = HTMLTagSet.rowGroups.union([.template, .html])
  private static let rowContext: HTMLTagSet = [.tr, .template, .html]

  mutating func inRow(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.startTag, .th), (.startTag, .td):
      pop(to: Self.rowContext)
      insert(token)
      mode = .inCell
      pushMarker()
      return true
    case (.endTag, .tr):
      endRow()
      return true
    case (.startTag, .caption), (.startTag, .col), (.startTag, .colgroup), (.startTag, .tbody),
      (.startTag, .tfoot), (.startTag, .thead), (.startTag, .tr), (.endTag, .table):
      return !endRow()
    case (.endTag, .tbody), (.endTag, .tfoot), (.endTag, .thead):
      guard hasInScope(token.tag, .tableScope) else { return true }
      return !endRow()
    case (.endTag, .body), (.endTag, .caption), (.endTag, .col), (.endTag, .colgroup),
      (.endTag, .html), (.endTag, .td), (.endTag, .th):
      return true
    default: return inTable(token)
    }
  }

  /// Returns whether a row was open.
  @discardableResult
  private mutating func endRow() -> Bool {
    guard hasInScope(.tr, .tableScope) else { return false }
    pop(to: Self.rowContext)
    open.removeLast()
    mode = .inTableBody
    return true
  }

  mutating func inCell(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.endTag, .td), (.endTag, .th):
      if hasInScope(token.tag, .tableScope) { closeCell(token.tag) }
      return true
    case (.startTag, .caption), (.startTag, .col), (.startTag, .colgroup), (.startTag, .tbody),
      (.startTag, .td), (.startTag, .tfoot), (.startTag, .th), (.startTag, .thead),
      (.startTag, .tr):
      return !closeOpenCell()
    case (.endTag, .table), (.endTag, .tbody), (.endTag, .tfoot), (.endTag, .thead),
      (.endTag, .tr):
      guard hasInScope(token.tag, .tableScope) else { return true }
      return !closeOpenCell()
    case (.endTag, .body), (.endTag, .caption), (.endTag, .col), (.endTag, .colgroup),
      (.endTag, .html):
      return true
    default: return inBody(token)
    }
  }

  private mutating func closeCell(_ tag: HTMLTag) {
    generateImpliedEnds()
    pop(through: tag)
    clearFormattingToMarker()
    mode = .inRow
  }

  private mutating func closeOpenCell() -> Bool {
    guard hasInScope(.tableScope, where: { HTMLTagSet.cells.contains($0) }) else { return false }
    generateImpliedEnds()
    pop { HTMLTagSet.cells.contains($0) }
    clearFormattingToMarker()
    mode = .inRow
    return true
  }

  // MARK: Options

  mutating func inSelect(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _): insertText(token)
    case (.startTag, .option):
      if currentTag == .option { open.removeLast() }
      insert(token)
    case (.startTag, .optgroup), (.startTag, .hr):
      if currentTag == .option { open.removeLast() }
      if currentTag == .optgroup { open.removeLast() }
      if token.tag == .hr { insertVoid(token) } else { insert(token) }
    case (.endTag, .optgroup):
      if currentTag == .option, open.count > 1, nodes.tag(open[open.count - 2]) == .optgroup {
        open.removeLast()
      }
      if currentTag == .optgroup { open.removeLast() }
    case (.endTag, .option): if currentTag == .option { open.removeLast() }
    case (.endTag, .select), (.startTag, .select): endSelect()
    case (.startTag, .input), (.startTag, .keygen), (.startTag, .textarea):
      guard isOpen(.select) else { return true }
      endSelect()
      return false
    case (.startTag, .script), (.startTag, .template), (.endTag, .template): return inHead(token)
    case (.end, _): return inBody(token)
    default: return true
    }
    return true
  }

  private mutating func endSelect() {
    guard isOpen(.select) else { return }
    pop(through: .select)
    resetMode()
  }

  mutating func inSelectInTable(_ token: HTMLToken) -> Bool {
    let ending: HTMLTagSet = [.caption, .table, .tbody, .tfoot, .thead, .tr, .td, .th]
    guard ending.contains(token.tag), token.kind == .startTag || token.kind == .endTag else {
      return inSelect(token)
    }
    if token.kind == .endTag, !hasInScope(token.tag, .tableScope) { return true }
    endSelect()
    return false
  }
}
