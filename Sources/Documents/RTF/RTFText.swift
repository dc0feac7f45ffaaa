/// Puts the paragraphs, lists, tables and notes of a Rich Text file into a text.
struct RTFText {
  var text: TextAssembler
  /// Heading levels, from 0, by style number.
  var styleLevels: [Int: Int] = [:]

  // Properties of the open paragraph.
  var style = 0
  var outlineLevel: Int?
  var isInTable = false
  var isItem = false
  var itemLevel = 0
  /// Whether the open row repeats on every page.
  var isHeaderRow = false

  private var paragraph = ""
  private var mark: String?
  private var aside = ""
  private var note = ""
  private var notes: [String] = []
  private var previousWasItem = false
  private var rows: [TableRow] = []
  private var cells: [TableCell] = []
  private var column = 0
  private var headerCount = 0

  init(_ text: TextAssembler) { self.text = text }

  /// Appends words of the body, which may be a superscript or subscript.
  mutating func append(_ words: String, as script: OpenScript.Kind?) {
    ScriptNotation.append(words, script, to: &paragraph)
  }

  /// `\pard`: the defaults.
  mutating func resetParagraph() {
    (style, outlineLevel, isInTable, isItem, itemLevel) = (0, nil, false, false, 0)
  }

  mutating func endParagraph() {
    // A paragraph inside a cell.
    if isInTable { return paragraph += " " }
    endUnfinishedRow()
    let words = TextAssembler.singleLine(paragraph)
    paragraph = ""
    defer { mark = nil }
    guard !words.isEmpty else { return flushNotes() }
    endTable()
    let level = outlineLevel ?? styleLevels[style]
    if let level, (0...8).contains(level) {
      text.appendHeading(mark.map { $0 + " " + words } ?? words, level: level + 1)
      previousWasItem = false
    } else if isItem || mark != nil {
      text.appendItem(words, mark: mark ?? "-", level: itemLevel, isFirst: !previousWasItem)
      previousWasItem = true
    } else {
      text.appendParagraph(words)
      previousWasItem = false
    }
    flushNotes()
  }

  private mutating func flushNotes() {
    for note in notes { text.appendParagraph("Note: " + note) }
    notes = []
  }

  // MARK: Tables

  mutating func beginRow() {
    guard cells.isEmpty else { return }
    (column, isHeaderRow) = (0, false)
  }

  mutating func endCell() {
    let cell = TableCell(column: column, text: paragraph)
    paragraph = ""
    if !cell.text.isEmpty { cells.append(cell) }
    column += 1
  }

  mutating func endRow() {
    rows.append(TableRow(number: rows.count + 1, cells: cells))
    if isHeaderRow, headerCount == rows.count - 1 { headerCount += 1 }
    (cells, column, isHeaderRow) = ([], 0, false)
    // A row at the end of a text has no paragraph after it.
    isInTable = false
  }

  /// Ends a row whose `\row` is missing: writers of fragments, such as clipboards, omit it.
  mutating func endUnfinishedRow() {
    guard !cells.isEmpty else { return }
    let rest = paragraph
    paragraph = ""
    endRow()
    paragraph = rest
  }

  /// Ends the text: a cell, row or paragraph may be open.
  mutating func finish() {
    if isInTable, !TextAssembler.singleLine(paragraph).isEmpty { endCell() }
    isInTable = false
    endParagraph()
    endTable()
  }

  mutating func endTable() {
    guard !rows.isEmpty else { return }
    var layout = TableLayout(.headerFirst, declaredHeaderCount: headerCount)
    layout.write(rows, into: &text, container: nil, placed: false)
    (rows, headerCount, previousWasItem) = ([], 0, false)
    flushNotes()
  }

  // MARK: Notes, list marks and titles

  mutating func beginNote() { note = "" }
  mutating func appendNote(_ words: String) { note += words }

  mutating func endNote() {
    let words = TextAssembler.singleLine(note)
    if !words.isEmpty { notes.append(words) }
    note = ""
  }

  mutating func appendAside(_ words: String) { aside += words }

  /// The text beside the body that was collected last.
  mutating func takeAside() -> String? {
    defer { aside = "" }
    let words = TextAssembler.singleLine(aside)
    return words.isEmpty ? nil : words
  }

  /// The mark of a list item; a bullet becomes a dash.
  mutating func endListText() {
    let found = takeAside() ?? ""
    mark = found.contains { $0.isLetter || $0.isNumber } ? found : "-"
    isItem = true
  }
}
