/// Tables and equations of a page.
extension HTMLTextWriter {
  // MARK: Tables

  mutating func startTablePart(_ node: Int, _ tag: HTMLTag) {
    switch tag {
    case .table:
      prose.breakParagraph()
      let isData = !isLayoutTable(node) && !prose.isInRow
      tablesAreData.append(isData)
      if isData { prose.beginTable() }
    case .tr where tablesAreData.last == true:
      let parent = page.nodes.parent(node).map { page.nodes.tag($0) }
      prose.beginRow(isHeader: parent == .thead)
    case .td where prose.isInRow && tablesAreData.last == true,
      .th where prose.isInRow && tablesAreData.last == true:
      let attributes = page.nodes.attributes(node)
      prose.beginCell(
        columns: attributes[.colspan].flatMap { Int($0) } ?? 1,
        rows: attributes[.rowspan].flatMap { Int($0) } ?? 1, isHeader: tag == .th)
    case .td, .th: if prose.isInRow { prose.append(" ") } else { prose.breakParagraph() }
    default: breakAround(tag)
    }
  }

  mutating func endTablePart(_ tag: HTMLTag) {
    switch tag {
    case .table:
      if tablesAreData.popLast() == true { prose.endTable() }
      prose.breakParagraph()
    case .tr where tablesAreData.last == true: prose.endRow()
    case .td where prose.isInRow && tablesAreData.last == true,
      .th where prose.isInRow && tablesAreData.last == true:
      prose.endCell()
    case .td, .th: if prose.isInRow { prose.append(" ") } else { prose.breakParagraph() }
    default: breakAround(tag)
    }
  }

  /// A table that contains another table or a heading is used for layout.
  private func isLayoutTable(_ table: Int) -> Bool {
    var node = page.nodes.firstChild(table)
    while let current = node {
      let tag = page.nodes.tag(current)
      if tag == .table || HTMLTagSet.headings.contains(tag) { return true }
      node = page.nodes.firstChild(current)
      var leaf = current
      while node == nil {
        if let next = page.nodes.next(leaf) {
          node = next
        } else {
          guard let parent = page.nodes.parent(leaf), parent != table else { return false }
          leaf = parent
        }
      }
    }
    return false
  }

  // MARK: Equations

  mutating func startMath(_ node: Int) {
    let operation: MathText.Operation =
      switch page.nodes[node].tag {
      case .mfrac: .fraction
      case .msup: .superscript
      case .msub: .subscript_
      case .msubsup: .subscriptAndSuperscript
      case .msqrt: .squareRoot
      case .mroot: .root
      case .mtr: .cells
      default: .row
      }
    equation.begin(operation)
  }

  mutating func endMath() {
    guard let text = equation.end(), !text.isEmpty else { return }
    prose.append(text)
  }
}
