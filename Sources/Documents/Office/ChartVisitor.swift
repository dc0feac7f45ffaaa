/// The data of a chart (ECMA-376, DrawingML Charts): its titles, and its series as a table.
struct ChartVisitor: MarkupVisitor {
  private struct Series {
    var name = ""
    var categories: [Int: String] = [:]
    var values: [Int: String] = [:]
  }

  private var titles: [String] = []
  private var series: [Series] = []
  private var title: String?
  private var part = ""
  private var index = 0
  private var value = ""
  private var takesText = false
  /// Points of a series that are read; a longer one is a measurement, not a statement.
  private static let pointLimit = 1_000

  mutating func start(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "mc:Fallback": return false
    case "title": title = ""
    case "ser": series.append(Series())
    case "tx", "cat", "val", "xVal", "yVal": part = element.name
    case "pt": index = element.attributes["idx"].flatMap { Int($0) } ?? 0
    case "v", "t":
      takesText = true
      value = ""
    default: break
    }
    return true
  }

  mutating func text(_ text: String) { if takesText { value += text } }

  mutating func end(_ name: String) {
    switch name {
    case "t":
      takesText = false
      title? += value
    case "v":
      takesText = false
      if title == nil { take(value) }
    case "title":
      if let title, !title.isEmpty { titles.append(title) }
      title = nil
    case "tx", "cat", "val", "xVal", "yVal": part = ""
    default: break
    }
  }

  private mutating func take(_ value: String) {
    guard let last = series.indices.last, (0..<Self.pointLimit).contains(index) else { return }
    switch part {
    case "tx": series[last].name = value
    case "cat", "xVal": series[last].categories[index] = value
    case "val", "yVal": series[last].values[index] = value
    default: break
    }
  }

  /// Appends the titles and the table.
  func append(to text: inout TextAssembler) {
    for title in titles { text.appendParagraph(title) }
    guard let first = series.first else { return }
    let header = series.enumerated().map { TableCell(column: $0 + 1, text: $1.name, isWords: true) }
    var rows = [TableRow(number: 1, cells: header.filter { !$0.text.isEmpty })]
    for point in Set(series.flatMap(\.values.keys)).sorted() {
      var cells: [TableCell] = []
      if let category = first.categories[point] {
        cells.append(TableCell(column: 0, text: category))
      }
      for (column, series) in series.enumerated() {
        guard let value = series.values[point] else { continue }
        let shown = Double(value).map {
          $0.isFinite ? ($0 < 0 ? "-" : "") + DecimalDigits(abs($0)).general : value
        }
        cells.append(TableCell(column: column + 1, text: shown ?? value, isWords: false))
      }
      rows.append(TableRow(number: rows.count + 1, cells: cells))
    }
    var layout = TableLayout(.headerFirst, declaredHeaderCount: rows[0].cells.isEmpty ? 0 : 1)
    layout.write(rows, into: &text, container: nil, placed: false)
  }
}
