/// One row of a table as a reader found it.
struct TableRow: Sendable, Equatable {
  /// The number that a person sees beside the row, from 1.
  let number: Int
  /// The cells that have text, in the order of their columns.
  var cells: [TableCell]
}

/// A cell with text.
struct TableCell: Sendable, Equatable {
  /// Column, from 0.
  let column: Int
  /// The value as it is shown, on one line.
  var text: String
  /// Whether it is words, not a number, a date or a truth value: headers are words.
  var isWords: Bool
  var isBold = false
  /// Whether the text was copied from the first cell of a merged region.
  var isCopy = false

  init(
    column: Int, text: String, isWords: Bool? = nil, isBold: Bool = false, isCopy: Bool = false
  ) {
    self.column = column
    self.text = TextAssembler.singleLine(text)
    self.isWords = isWords ?? Self.looksLikeWords(self.text)
    self.isBold = isBold
    self.isCopy = isCopy
  }

  /// Whether a text has more letters than digits, so that it is not a number, a date, a time or a
  /// code.
  static func looksLikeWords(_ text: String) -> Bool {
    var letters = 0
    var digits = 0
    for scalar in text.unicodeScalars.prefix(200) {
      if scalar.properties.isAlphabetic { letters += 1 }
      if scalar.properties.numericType != nil { digits += 1 }
    }
    return letters > digits
  }
}

/// The header of a table: a name for each column.
struct TableHeader: Equatable {
  private(set) var names: [Int: String] = [:]
  /// Columns below which the table has numbers or dates.
  private(set) var numberColumns: Set<Int> = []

  /// A header of one row, or of two where the first one groups columns.
  init(_ rows: ArraySlice<TableRow>) {
    for row in rows {
      for cell in row.cells where !cell.text.isEmpty {
        guard let above = names[cell.column] else {
          names[cell.column] = cell.text
          continue
        }
        if above != cell.text { names[cell.column] = above + " " + cell.text }
      }
    }
  }

  mutating func learnColumns(from rows: ArraySlice<TableRow>) {
    numberColumns = Set(rows.flatMap { $0.cells.filter { !$0.isWords }.map(\.column) })
  }

  /// A row with the name of its column before each value: `Item: Lamp | Price: 25`.
  func words(of row: TableRow) -> String {
    row.cells.map { cell in
      guard let name = names[cell.column] else { return cell.text }
      // "Price:" needs no second colon.
      let mark = name.last.map { ":?=".contains($0) } == true ? " " : ": "
      return name + mark + cell.text
    }.joined(separator: " | ")
  }
}
