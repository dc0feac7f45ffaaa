/// The elements that a page hides by an attribute or by inline style.
///
/// Hidden text is a common place for prompt injection, so it is left out. But a page also hides what
/// it shows on a click or when a script has run: tabs, the rest of an article, the whole page until
/// it has loaded. An element counts as one of these if the page refers to it: its identifier or
/// class is named by a link, by `aria-controls`, by a handler or by a script.
struct HTMLHiddenElements {
  private var hidden: Set<Int> = []

  /// Number of names that are looked for in scripts; pages that hide more are not documents.
  private static let maximumNameCount = 64
  /// Bytes of scripts that are searched; a page's own scripts are much shorter.
  private static let maximumScriptByteCount = 1 << 20

  init(_ page: HTMLPage, _ order: [Int]) {
    for node in order where page.nodes[node].kind == .element {
      if Self.hides(page.nodes.attributes(node)) { hidden.insert(node) }
    }
    guard !hidden.isEmpty else { return }
    let references = Self.references(page, order)
    var checked = 0
    for node in hidden.sorted() {
      let attributes = page.nodes.attributes(node)
      if attributes[.role] == "tabpanel" || attributes[.hidden] == "until-found" {
        hidden.remove(node)
        continue
      }
      guard checked < Self.maximumNameCount else { break }
      checked += 1
      if Self.isNamed(attributes, in: references) { hidden.remove(node) }
    }
  }

  func isHidden(_ node: Int) -> Bool { hidden.contains(node) }

  private static func hides(_ attributes: HTMLAttributes) -> Bool {
    if attributes[.hidden] != nil { return true }
    guard let style = attributes[.style] else { return false }
    let compact = style.lowercased().filter { !$0.isWhitespace }
    return compact.contains("display:none") || compact.contains("visibility:hidden")
  }

  /// Identifiers that links and controls name, and the texts of scripts and handlers.
  private struct References {
    var targets: Set<Substring> = []
    private(set) var scripts: [[UInt8]] = []
    private var byteCount = 0

    mutating func add(script: some Collection<UInt8>) {
      let rest = HTMLHiddenElements.maximumScriptByteCount - byteCount
      guard rest > 0 else { return }
      scripts.append(Array(script.prefix(rest)))
      byteCount += script.count
    }
  }

  private static func references(_ page: HTMLPage, _ order: [Int]) -> References {
    var references = References()
    for node in order {
      if page.nodes[node].kind == .text {
        guard let parent = page.nodes.parent(node), page.nodes.tag(parent) == .script else {
          continue
        }
        references.add(script: page.text[page.nodes.range(node)])
        continue
      }
      let attributes = page.nodes.attributes(node)
      for attribute in [HTMLAttribute.href, .dataTarget, .dataBootstrapTarget] {
        if let value = attributes[attribute], value.hasPrefix("#") {
          references.targets.insert(value.dropFirst())
        }
      }
      if let value = attributes[.ariaControls] {
        references.targets.formUnion(value.split(separator: " "))
      }
      if let handler = attributes[.onclick] { references.add(script: handler.utf8) }
    }
    return references
  }

  private static func isNamed(_ attributes: HTMLAttributes, in references: References) -> Bool {
    if let id = attributes[.id], !id.isEmpty {
      if references.targets.contains(Substring(id)) { return true }
      if references.scripts.contains(where: { contains(id, in: $0) }) { return true }
    }
    let classes = attributes[.class]?.split(separator: " ") ?? []
    return classes.prefix(8).contains { name in
      references.scripts.contains { contains("." + name, in: $0) }
    }
  }

  /// Whether a name occurs between marks that no name contains.
  private static func contains(_ name: String, in script: [UInt8]) -> Bool {
    let name = Array(name.utf8)
    guard name.count > 1, script.count >= name.count else { return false }
    var start = 0
    while let index = script[start...].firstIndex(of: name[0]) {
      let end = index + name.count
      guard end <= script.count else { return false }
      if script[index..<end].elementsEqual(name),
        index == 0 || !isNameByte(script[index - 1]),
        end == script.count || !isNameByte(script[end])
      {
        return true
      }
      start = index + 1
    }
    return false
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    HTMLTokenizer.isLetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}
