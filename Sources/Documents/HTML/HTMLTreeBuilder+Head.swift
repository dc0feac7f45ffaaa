/// The rules before and after the body.
extension HTMLTreeBuilder {
  mutating func initial(_ token: HTMLToken) -> Bool {
    switch token.kind {
    case .text where token.isBlank: return true
    case .doctype: isQuirky = token.isQuirky
    default:
      isQuirky = true
      mode = .beforeHTML
      return false
    }
    mode = .beforeHTML
    return true
  }

  mutating func beforeHTML(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.doctype, _): return true
    case (.text, _) where token.isBlank: return true
    case (.startTag, .html):
      insert(token)
      mode = .beforeHead
      return true
    case (.endTag, let tag) where ![.head, .body, .html, .br].contains(tag): return true
    default:
      insertImplied(.html, line: token.line)
      mode = .beforeHead
      return false
    }
  }

  mutating func beforeHead(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.doctype, _), (.startTag, .html): return true
    case (.text, _) where token.isBlank: return true
    case (.startTag, .head):
      head = insert(token)
      mode = .inHead
      return true
    case (.endTag, let tag) where ![.head, .body, .html, .br].contains(tag): return true
    default:
      insertImplied(.head, line: token.line)
      head = current
      mode = .inHead
      return false
    }
  }

  mutating func inHead(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _):
      let (blank, rest) = splitBlank(token)
      if let blank { insertText(blank) }
      guard let rest else { return true }
      _ = open.popLast()
      mode = .afterHead
      // The blank part is done, so the rest is processed here.
      while !process(rest, in: mode) {}
      return true
    case (.doctype, _), (.startTag, .html), (.startTag, .head): return true
    case (.startTag, .base), (.startTag, .basefont), (.startTag, .bgsound), (.startTag, .link),
      (.startTag, .meta):
      insertVoid(token)
      return true
    case (.startTag, .title):
      insertTextElement(token, .replaceable)
      return true
    case (.startTag, .noscript), (.startTag, .noframes), (.startTag, .style):
      insertTextElement(token, .raw)
      return true
    case (.startTag, .script):
      insertTextElement(token, .script)
      return true
    case (.startTag, .template):
      insert(token)
      pushMarker()
      mode = .inTemplate
      templateModes.append(.inTemplate)
      return true
    case (.endTag, .template):
      endTemplate()
      return true
    case (.endTag, .head):
      _ = open.popLast()
      mode = .afterHead
      return true
    case (.endTag, let tag) where ![.body, .html, .br].contains(tag): return true
    default:
      _ = open.popLast()
      mode = .afterHead
      return false
    }
  }

  mutating func endTemplate() {
    guard isOpen(.template) else { return }
    generateImpliedEnds(.impliedEndThoroughly)
    pop(through: .template)
    clearFormattingToMarker()
    _ = templateModes.popLast()
    resetMode()
  }

  mutating func afterHead(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _):
      let (blank, rest) = splitBlank(token)
      if let blank { insertText(blank) }
      guard let rest else { return true }
      insertImplied(.body, line: token.line)
      mode = .inBody
      return inBody(rest)
    case (.doctype, _), (.startTag, .html), (.startTag, .head): return true
    case (.startTag, .body):
      insert(token)
      mode = .inBody
      return true
    case (.startTag, let tag) where HTMLTagSet.headContent.contains(tag):
      guard let head else { return true }
      open.append(head)
      _ = inHead(token)
      if let index = open.lastIndex(of: head) { open.remove(at: index) }
      return true
    case (.endTag, .template):
      endTemplate()
      return true
    case (.endTag, let tag) where ![.body, .html, .br].contains(tag): return true
    default:
      insertImplied(.body, line: token.line)
      mode = .inBody
      return false
    }
  }

  mutating func afterBody(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _) where token.isBlank: return inBody(token)
    case (.doctype, _), (.end, _), (.endTag, .html), (.startTag, .html): return true
    default:
      mode = .inBody
      return false
    }
  }

  mutating func inTemplate(_ token: HTMLToken) -> Bool {
    switch (token.kind, token.tag) {
    case (.text, _), (.doctype, _): return inBody(token)
    case (.endTag, .template): return inHead(token)
    case (.startTag, let tag) where HTMLTagSet.headContent.contains(tag): return inHead(token)
    case (.startTag, let tag):
      let next: Mode =
        switch tag {
        case .caption, .colgroup, .tbody, .tfoot, .thead: .inTable
        case .col: .inColumnGroup
        case .tr: .inTableBody
        case .td, .th: .inRow
        default: .inBody
        }
      if !templateModes.isEmpty { templateModes[templateModes.count - 1] = next }
      mode = next
      return false
    case (.endTag, _): return true
    case (.end, _):
      guard isOpen(.template) else { return true }
      pop(through: .template)
      clearFormattingToMarker()
      _ = templateModes.popLast()
      resetMode()
      return false
    }
  }
}
