/// Tables; one inside a cell becomes a part of that cell.
extension DOCXVisitor {
  mutating func beginTable() {
    prose.endScript()
    beginCell()
    prose.breakParagraph()
    context.tableDepth += 1
    if context.tableDepth == 1 { prose.beginTable() }
  }

  mutating func beginRow() {
    guard context.tableDepth == 1 else { return }
    prose.beginRow()
    context.rowIsDeleted = false
    context.cellIsOpen = false
  }

  /// Begins a cell when its properties have ended, or its content begins.
  mutating func beginCell() {
    guard context.tableDepth == 1, prose.isInRow, !context.cellIsOpen else { return }
    context.cellIsOpen = true
    prose.beginCell(columns: context.columnSpan, rows: 1)
    // A cell that continues the one above has no text of its own.
    if context.isMerged == true { prose.continueCellAbove() }
    if context.isMerged == false { prose.keepForCellsBelow() }
  }

  mutating func endCell() {
    guard context.tableDepth == 1 else { return }
    beginCell()
    prose.endScript()
    prose.endCell()
    context.cellIsOpen = false
    context.cellIsDeleted = false
  }

  mutating func endRow() {
    guard context.tableDepth == 1 else { return }
    prose.endRow()
    context.rowIsDeleted = false
  }

  mutating func endTable() {
    prose.endScript()
    if context.tableDepth == 1 { prose.endTable() }
    context.tableDepth = max(0, context.tableDepth - 1)
    prose.breakParagraph()
    if context.tableDepth == 0 { writeNotes() }
  }
}
