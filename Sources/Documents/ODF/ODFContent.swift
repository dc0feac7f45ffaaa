/// Turns the elements of `content.xml` into text.
struct ODFContent: MarkupVisitor {
  var deck: SlideDeck
  private(set) var commentCount = 0
  /// The open frames, and the pictures in them.
  private(set) var frames = ODFFrames()

  private var styles: ODFStyles
  private var slideCount = 0
  /// The open paragraphs; a text box inside a paragraph has its own.
  private var paragraphs: [String] = []
  private var level: Int?
  private var listItems: [(isOrdered: Bool, number: Int)] = []
  private var itemMark: String?
  private var previousWasItem = false
  private var notes: [String] = []
  private var note: String?
  private var notesPrefix: String?
  private var tables: [ODFTable] = []
  /// The reasons for which the open spans are left out; nil for those that are shown.
  private var spans: [LeftOutWords.Reason?] = []
  private var scripts: [OpenScript.Kind?] = []
  private var isInDeletions = false
  private var isSheet = false

  init(_ text: TextAssembler, styles: ODFStyles) {
    deck = SlideDeck(text)
    self.styles = styles
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if isInDeletions { return true }
    let attributes = element.attributes
    switch element.name {
    case "automatic-styles", "style", "list-style", "text-properties", "list-level-style-number":
      return styles.start(element)
    case "tracked-changes": isInDeletions = true
    case "ruby-text", "forms", "event-listeners", "sequence-decls", "script",
      "dde-connection-decls", "shapes":
      return false
    case "annotation":
      commentCount += 1
      return false
    case "spreadsheet": isSheet = true
    case "page" where tables.isEmpty:
      slideCount += 1
      deck.beginSlide(slideCount)
      previousWasItem = false
    case "notes": notesPrefix = "Notes: "
    case "note-citation": return false
    case "note": note = ""
    case "h":
      paragraphs.append("")
      level = attributes["outline-level"].flatMap { Int($0) } ?? 1
    case "p": beginParagraph()
    case "span", "a":
      spans.append(attributes["style-name"].flatMap { styles.leftOut[$0] })
      scripts.append(attributes["style-name"].flatMap { styles.scripts[$0] })
    case "s": add(String(repeating: " ", count: min(attributes["c"].flatMap { Int($0) } ?? 1, 100)))
    case "tab", "line-break": add(" ")
    case "list", "list-item", "list-header": beginList(element)
    case "frame":
      frames.begin(paragraphCount: paragraphs.count)
      if attributes["class"] == "title" { level = 1 }
    case "image":
      frames.addPicture(
        attributes["href"], at: deck.text.bytes.count, page: slideCount > 0 ? slideCount : nil)
    case "title", "desc": frames.beginCaption(paragraphCount: paragraphs.count)
    case "table", "table-row", "table-cell", "covered-table-cell", "table-header-rows":
      beginTablePart(element)
    default: break
    }
    return true
  }

  mutating func text(_ text: String) {
    if isInDeletions {
      deck.text.leftOut.add(text, .deleted)
    } else if frames.takesText {
      frames.add(text)
    } else if let reason = spans.compactMap({ $0 }).first {
      deck.text.leftOut.add(text, reason)
    } else {
      add(text)
    }
  }

  private mutating func add(_ text: String) {
    if note != nil {
      note? += text
    } else if let last = paragraphs.indices.last {
      ScriptNotation.append(text, scripts.last ?? nil, to: &paragraphs[last])
    }
  }

  mutating func end(_ name: String) {
    if isInDeletions {
      isInDeletions = name != "tracked-changes"
      return
    }
    switch name {
    case "h", "p": endParagraph()
    case "span", "a":
      _ = spans.popLast()
      _ = scripts.popLast()
    case "list":
      _ = listItems.popLast()
      if listItems.isEmpty { previousWasItem = false }
    case "note":
      if let note { notes.append(TextAssembler.singleLine(note)) }
      note = nil
    case "notes": notesPrefix = nil
    case "frame":
      frames.end()
      level = nil
    case "title", "desc": frames.endCaption()
    case "table-row": tables.last?.endRow()
    case "table-cell", "covered-table-cell": tables.last?.endCell()
    case "table-header-rows": tables.last?.endHeader()
    case "table": endTable()
    default: break
    }
  }

  // MARK: Paragraphs

  private mutating func beginParagraph() {
    if note != nil { note? += " " } else { paragraphs.append("") }
  }

  private mutating func endParagraph() {
    guard note == nil, let found = paragraphs.popLast() else { return }
    defer { if notesPrefix == nil, tables.isEmpty, slideCount == 0 { level = nil } }
    let words = TextAssembler.singleLine(found)
    frames.endParagraph(words, paragraphCount: paragraphs.count)
    if let table = tables.last { return table.add(words) }
    guard !words.isEmpty else { return flushNotes() }
    if let notesPrefix {
      deck.text.appendParagraph(notesPrefix + words)
      self.notesPrefix = ""
    } else if let level {
      deck.text.appendHeading(words, level: level)
      previousWasItem = false
    } else if let mark = itemMark {
      deck.text.appendItem(
        words, mark: mark, level: listItems.count - 1, isFirst: !previousWasItem)
      previousWasItem = true
      itemMark = nil
    } else {
      deck.text.appendParagraph(words)
      previousWasItem = false
    }
    flushNotes()
  }

  /// Footnotes follow the paragraph that refers to them, so that both end up in one chunk.
  private mutating func flushNotes() {
    for note in notes where !note.isEmpty { deck.text.appendParagraph("Note: " + note) }
    notes = []
  }

  private mutating func beginList(_ element: MarkupElement) {
    if element.name == "list" {
      let isOrdered = element.attributes["style-name"].map { styles.ordered.contains($0) }
      listItems.append((isOrdered ?? listItems.last?.isOrdered ?? false, 0))
      return
    }
    guard element.name == "list-item", let last = listItems.indices.last else { return }
    listItems[last].number += 1
    itemMark = listItems[last].isOrdered ? "\(listItems[last].number)." : "-"
  }

  // MARK: Tables

  private mutating func beginTablePart(_ element: MarkupElement) {
    let attributes = element.attributes
    func count(_ name: String) -> Int { max(1, attributes[name].flatMap { Int($0) } ?? 1) }
    switch element.name {
    case "table":
      tables.append(ODFTable(name: attributes["name"] ?? "", limit: deck.text.remainingByteCount))
    case "table-row": tables.last?.beginRow(repeated: count("number-rows-repeated"))
    case "table-cell", "covered-table-cell":
      tables.last?.beginCell(
        repeated: count("number-columns-repeated"), kind: attributes["value-type"],
        columns: count("number-columns-spanned"), rows: count("number-rows-spanned"))
    default: break
    }
  }

  private mutating func endTable() {
    guard let table = tables.popLast() else { return }
    let rows = table.mergedRows()
    if let outer = tables.last {
      for row in rows { outer.add(row.cells.map(\.text).joined(separator: " ")) }
      return
    }
    guard !rows.isEmpty else { return }
    let container = isSheet ? "sheet " + table.name : nil
    if isSheet {
      deck.text.beginPart()
      deck.text.mark(.row, "\(rows[0].number)", in: container)
      deck.text.appendHeading(table.name, level: 1)
    }
    var layout = TableLayout(
      isSheet ? .freeForm : .headerFirst, declaredHeaderCount: table.headerRowCount)
    layout.write(rows, into: &deck.text, container: container, placed: isSheet)
    previousWasItem = false
    flushNotes()
  }
}

/// A table while it is read; repeated empty rows and cells take no memory.
final class ODFTable {
  let name: String
  private(set) var headerRowCount = 0

  private var rows: [TableRow] = []
  private var regions: [CellRegion] = []
  private var remainingByteCount: Int
  private var rowNumber = 0
  private var repeatedRows = 1
  private var cells: [TableCell] = []
  private var column = 0
  private var cell: (text: String, kind: String?, repeated: Int, columns: Int, rows: Int)?

  /// Copies of a row or a cell with text; sheets repeat empty ones to the end.
  private static let repetitionLimit = 1_000
  /// The last row of a sheet.
  private static let rowLimit = 1 << 20
  private static let columnLimit = 16_384

  init(name: String, limit: Int) {
    self.name = name
    remainingByteCount = limit
  }

  func beginRow(repeated: Int) {
    repeatedRows = repeated
    cells = []
    column = 0
  }

  func beginCell(repeated: Int, kind: String?, columns: Int, rows: Int) {
    cell = ("", kind, repeated, columns, rows)
  }

  func add(_ text: String) {
    guard !text.isEmpty else { return }
    if cell?.text.isEmpty == false { cell?.text += " " }
    cell?.text += text
  }

  func endCell() {
    guard let found = cell else { return }
    cell = nil
    defer { column = min(column + min(found.repeated, Self.columnLimit), Self.columnLimit) }
    guard !found.text.isEmpty, column < Self.columnLimit else { return }
    let isWords = found.kind.map { $0 == "string" }
    for copy in 0..<min(found.repeated, Self.repetitionLimit) {
      remainingByteCount -= found.text.utf8.count
      guard remainingByteCount > 0 else { return }
      cells.append(TableCell(column: column + copy, text: found.text, isWords: isWords))
    }
    if found.columns > 1 || found.rows > 1 {
      let right = column + min(found.columns, Self.columnLimit) - 1
      let bottom = rowNumber + min(found.rows, Self.rowLimit)
      regions.append(CellRegion(columns: column...right, rows: rowNumber + 1...bottom))
    }
  }

  func endRow() {
    defer { rowNumber = min(rowNumber + min(repeatedRows, Self.rowLimit), Self.rowLimit) }
    guard !cells.isEmpty else { return }
    let size = cells.reduce(0) { $0 + $1.text.utf8.count }
    for copy in 0..<min(repeatedRows, Self.repetitionLimit) {
      if copy > 0 { remainingByteCount -= size }
      guard remainingByteCount > 0 else { return }
      rows.append(TableRow(number: rowNumber + copy + 1, cells: cells))
    }
  }

  func endHeader() { headerRowCount = rows.count }

  func mergedRows() -> [TableRow] { CellRegion.merged(rows, regions) }
}
