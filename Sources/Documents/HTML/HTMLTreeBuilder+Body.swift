/// The rules inside the body (section 13.2.6.4.7).
extension HTMLTreeBuilder {
  mutating func inBody(_ token: HTMLToken) -> Bool {
    switch token.kind {
    case .text:
      reconstructFormatting()
      insertText(token)
      return true
    case .doctype: return true
    case .startTag: return startInBody(token)
    case .endTag: return endInBody(token)
    case .end: return templateModes.isEmpty ? true : inTemplate(token)
    }
  }

  private mutating func startInBody(_ token: HTMLToken) -> Bool {
    switch token.tag {
    case .html, .body, .frame, .frameset, .head, .caption, .col, .colgroup, .tbody, .td, .tfoot,
      .th, .thead, .tr:
      return true
    case .base, .basefont, .bgsound, .link, .meta, .noframes, .script, .style, .template, .title:
      return inHead(token)
    case .h1, .h2, .h3, .h4, .h5, .h6:
      closeParagraph()
      if HTMLTagSet.headings.contains(currentTag) { open.removeLast() }
      insert(token)
    case .pre, .listing:
      closeParagraph()
      insert(token)
      dropsLineFeed = true
    case .form:
      guard form == nil || isOpen(.template) else { return true }
      closeParagraph()
      let node = insert(token)
      if !isOpen(.template) { form = node }
    case .li, .dd, .dt: startItem(token)
    case .plaintext:
      closeParagraph()
      insertTextElement(token, .plain)
    case .button:
      if hasInScope(.button) {
        generateImpliedEnds()
        pop(through: .button)
      }
      reconstructFormatting()
      insert(token)
    case .a:
      if let index = lastFormatting(.a), case .element(let node) = formatting[index] {
        adopt(token)
        formatting.removeAll { if case .element(node) = $0 { true } else { false } }
        open.removeAll { $0 == node }
      }
      startFormatting(token)
    case .nobr:
      reconstructFormatting()
      if hasInScope(.nobr) { adopt(token) }
      startFormatting(token)
    case .applet, .marquee, .object:
      reconstructFormatting()
      insert(token)
      pushMarker()
    case .table:
      if !isQuirky { closeParagraph() }
      insert(token)
      mode = .inTable
    case .rb, .rtc, .rp, .rt:
      if hasInScope(.ruby) {
        generateImpliedEnds(except: token.tag == .rp || token.tag == .rt ? .rtc : .other)
      }
      insert(token)
    case .math, .svg:
      reconstructFormatting()
      insert(token, token.tag == .svg ? .svg : .math)
      if token.isSelfClosing { open.removeLast() }
    default: startOther(token)
    }
    return true
  }

  private mutating func startOther(_ token: HTMLToken) {
    if HTMLTagSet.blocks.contains(token.tag) {
      closeParagraph()
      insert(token)
    } else if HTMLTagSet.formatting.contains(token.tag) {
      startFormatting(token)
    } else {
      startInline(token)
    }
  }

  private mutating func startInline(_ token: HTMLToken) {
    switch token.tag {
    case .area, .br, .embed, .img, .keygen, .wbr, .input:
      reconstructFormatting()
      insertVoid(token)
    case .image:
      var image = token
      image.tag = .img
      image.name = "img"
      startInline(image)
    case .param, .source, .track: insertVoid(token)
    case .hr:
      closeParagraph()
      insertVoid(token)
    case .textarea:
      insertTextElement(token, .replaceable)
      dropsLineFeed = true
    case .xmp:
      closeParagraph()
      reconstructFormatting()
      insertTextElement(token, .raw)
    case .iframe, .noembed, .noscript: insertTextElement(token, .raw)
    case .select:
      reconstructFormatting()
      insert(token)
      let tableModes: [Mode] = [.inTable, .inCaption, .inTableBody, .inRow, .inCell]
      mode = tableModes.contains(mode) ? .inSelectInTable : .inSelect
    case .option, .optgroup:
      if currentTag == .option { open.removeLast() }
      reconstructFormatting()
      insert(token)
    default:
      reconstructFormatting()
      insert(token)
    }
  }

  private mutating func startFormatting(_ token: HTMLToken) {
    reconstructFormatting()
    pushFormatting(insert(token))
  }

  /// `li`, `dd` and `dt` close the item before them.
  private mutating func startItem(_ token: HTMLToken) {
    let closed: HTMLTagSet = token.tag == .li ? [.li] : [.dd, .dt]
    for node in open.reversed() {
      let tag = nodes.tag(node)
      if closed.contains(tag) {
        generateImpliedEnds(except: tag)
        pop(through: tag)
        break
      }
      if isSpecial(node), tag != .address, tag != .div, tag != .p { break }
    }
    closeParagraph()
    insert(token)
  }

  // MARK: End tags

  private mutating func endInBody(_ token: HTMLToken) -> Bool {
    switch token.tag {
    case .template: endTemplate()
    case .body, .html:
      guard hasInScope(.body) else { return true }
      mode = .afterBody
      return token.tag == .body
    case .form: endForm()
    case .p:
      if !hasInScope(.p, .buttonScope) { insertImplied(.p, line: token.line) }
      closeParagraph()
    case .li: endItem(.li, .listScope)
    case .dd, .dt: endItem(token.tag, .scope)
    case .h1, .h2, .h3, .h4, .h5, .h6:
      guard hasInScope(where: { HTMLTagSet.headings.contains($0) }) else { return true }
      generateImpliedEnds()
      pop { HTMLTagSet.headings.contains($0) }
    case .applet, .marquee, .object:
      guard hasInScope(token.tag) else { return true }
      endItem(token.tag, .scope)
      clearFormattingToMarker()
    case .br:
      reconstructFormatting()
      insertVoid(HTMLToken(kind: .startTag, tag: .br, name: "br", line: token.line))
    case .button, .pre, .listing: endItem(token.tag, .scope)
    default:
      if HTMLTagSet.formatting.contains(token.tag) {
        adopt(token)
      } else if HTMLTagSet.blocks.contains(token.tag) {
        endItem(token.tag, .scope)
      } else {
        endOther(token)
      }
    }
    return true
  }

  private mutating func endItem(_ tag: HTMLTag, _ scope: HTMLTagSet) {
    guard hasInScope(tag, scope) else { return }
    generateImpliedEnds(except: scopeException(tag))
    pop(through: tag)
  }

  /// The items whose own end tag is not implied while they are closed.
  private func scopeException(_ tag: HTMLTag) -> HTMLTag {
    switch tag {
    case .li, .dd, .dt: tag
    default: .other
    }
  }

  private mutating func endForm() {
    if isOpen(.template) { return endItem(.form, .scope) }
    let node = form
    form = nil
    guard let node, open.contains(node), hasInScope(.form) else { return }
    generateImpliedEnds()
    if let index = open.lastIndex(of: node) { open.remove(at: index) }
  }

  /// An end tag without a rule of its own closes the nearest element of its name, unless a special
  /// element is between.
  mutating func endOther(_ token: HTMLToken) {
    for (index, node) in open.enumerated().reversed() {
      if nodes[node].namespace == .html, nodes[node].tag == token.tag,
        token.tag != .other || nodes.name(node) == token.name
      {
        generateImpliedEnds(except: token.tag)
        if index < open.count { open.removeSubrange(index...) }
        return
      }
      if isSpecial(node) { return }
    }
  }
}
