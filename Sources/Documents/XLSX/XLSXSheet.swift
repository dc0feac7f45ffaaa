/// One worksheet: its rows with the values that are shown, and its merged regions.
struct XLSXSheet: MarkupVisitor {
  private let strings: [String]
  private let styles: XLSXStyles
  private let uses1904: Bool
  private var remainingByteCount: Int
  private var formats: [Int: NumberFormat] = [:]

  private var rows: [TableRow] = []
  private var regions: [CellRegion] = []
  /// Whether the texts of the cells exceed the limit; then the rest is not read.
  private(set) var isTooLarge = false

  /// Words of cells that are struck out.
  private(set) var leftOut = LeftOutWords()

  private var rowNumber = 0
  private var column = -1
  private var cells: [TableCell] = []
  private var kind = "n"
  private var style = 0
  private var value = ""
  private var takesText = false

  init(strings: [String], styles: XLSXStyles, uses1904: Bool, limit: Int) {
    self.strings = strings
    self.styles = styles
    self.uses1904 = uses1904
    remainingByteCount = limit
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    if isTooLarge { return false }
    let attributes = element.attributes
    switch element.name {
    case "row":
      rowNumber = attributes["r"].flatMap { Int($0) } ?? rowNumber &+ 1
      column = -1
      cells = []
    case "c":
      column = attributes["r"].flatMap { CellRegion.column(of: $0) } ?? column &+ 1
      kind = attributes["t"] ?? "n"
      style = attributes["s"].flatMap { Int($0) } ?? 0
      value = ""
    case "v", "t": takesText = true
    case "f", "rPh", "extLst": return false
    case "mergeCell":
      if let region = attributes["ref"].flatMap({ CellRegion($0) }) { regions.append(region) }
    default: break
    }
    return true
  }

  mutating func text(_ text: String) { if takesText { value += text } }

  mutating func end(_ name: String) {
    switch name {
    case "v", "t": takesText = false
    case "c": endCell()
    case "row":
      if !cells.isEmpty { rows.append(TableRow(number: rowNumber, cells: cells)) }
    default: break
    }
  }

  private mutating func endCell() {
    let (text, isWords) = shownValue()
    let cell = TableCell(
      column: column, text: text, isWords: isWords, isBold: styles.isBold(style))
    guard !cell.text.isEmpty else { return }
    if styles.isStruck(style) { return leftOut.add(cell.text, .struckOut) }
    remainingByteCount -= cell.text.utf8.count
    if remainingByteCount < 0 { isTooLarge = true } else { cells.append(cell) }
  }

  /// The text of the open cell as a spreadsheet program shows it (18.18.11 for the types).
  private mutating func shownValue() -> (text: String, isWords: Bool) {
    switch kind {
    case "s":
      guard let index = Int(value), strings.indices.contains(index) else { return ("", true) }
      return (strings[index], true)
    case "str", "inlineStr": return (XLSXStrings.unescaped(value), true)
    case "b": return (value == "1" || value == "true" ? "TRUE" : "FALSE", false)
    case "e": return (value, false)
    case "d": return (value, false)
    default:
      guard let number = Double(value) else { return (value, false) }
      return (format().string(number, uses1904: uses1904), false)
    }
  }

  private mutating func format() -> NumberFormat {
    if let known = formats[style] { return known }
    let format = NumberFormat(styles.numberFormat(of: style))
    formats[style] = format
    return format
  }

  /// The rows, where each cell of a merged region has the text of the region.
  func mergedRows() -> [TableRow] { CellRegion.merged(rows, regions) }
}
