/// Reads CSV and TSV: each record becomes a line in which the header's names precede the values.
struct CSVReader {
  let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads the table.
  ///
  /// - Returns: the records; places are rows as a spreadsheet numbers them, the header's is 1.
  /// - Throws: `.binary`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    let decoded = try SourceText(source)
    let isTabbed = source.path.lowercased().hasSuffix(".tsv")
    var parser = CSVParser(decoded.bytes, separator: isTabbed ? 0x09 : nil)
    var rows: [TableRow] = []
    var number = 0
    while let fields = parser.next() {
      number += 1
      let cells = fields.enumerated().compactMap { column, field -> TableCell? in
        let cell = TableCell(column: column, text: field)
        return cell.text.isEmpty ? nil : cell
      }
      if !cells.isEmpty { rows.append(TableRow(number: number, cells: cells)) }
    }
    var text = TextAssembler(limits: source.limits)
    text.warnings = decoded.warnings
    var layout = TableLayout(.headerFirst)
    layout.write(rows, into: &text, container: nil, placed: true)
    return try text.document(type: .csv, path: source.path, encoding: decoded.encoding)
  }
}
