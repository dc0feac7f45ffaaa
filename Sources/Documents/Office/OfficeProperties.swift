/// The properties of an office document, `docProps/core.xml` or `meta.xml`: the title.
struct OfficeProperties: MarkupVisitor {
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
