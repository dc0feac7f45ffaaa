import Bytes

/// Reads the sheets of an XLSX workbook (ECMA-376, SpreadsheetML) with the values that a
/// spreadsheet program shows.
///
/// Each sheet is a part of the document under a heading with its name; `TableLayout` turns its rows
/// into lines. Formulas give their cached values. Left out and said: comments, charts.
struct XLSXReader {
  private let package: OfficePackage

  init(_ source: DocumentSource) throws(DocumentError) {
    package = try OfficePackage(source, type: .xlsx)
  }

  /// Whether an archive is a workbook.
  static func matches(_ listing: ArchiveListing) -> Bool { listing.hasMember(in: "xl/") }

  /// Reads all sheets in the order of their tabs.
  ///
  /// - Throws: `.damaged`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    var text = TextAssembler(limits: package.limits)
    let main = try package.mainPart(usual: "xl/workbook.xml", &text.warnings)
    var workbook = XLSXWorkbook()
    try package.walk(main, &workbook)
    let related = try package.relationships(of: main, &text.warnings)
    var strings = XLSXStrings()
    if let part = related.targets(of: "sharedStrings").first {
      try package.walk(part, &strings)
    }
    var styles = XLSXStyles()
    if let part = related.targets(of: "styles").first {
      try package.walkOptional(part, &styles, &text.warnings)
    }
    for sheet in workbook.sheets {
      guard let part = related.part(sheet.relationship), part.contains("worksheets/") else {
        text.warnings.append("the sheet '\(sheet.name)' has no cells that are read")
        continue
      }
      if sheet.isHidden { text.warnings.append("the sheet '\(sheet.name)' is hidden, and is read") }
      var visitor = XLSXSheet(
        strings: strings.texts, styles: styles, uses1904: workbook.uses1904,
        limit: package.limits.maximumTextByteCount)
      try package.walk(part, &visitor)
      try write(visitor, named: sheet.name, into: &text)
    }
    noteLeftOut(&text)
    let title = try package.title(&text.warnings)
    return try text.document(type: .xlsx, path: package.path, title: title)
  }

  private func write(
    _ sheet: XLSXSheet, named name: String, into text: inout TextAssembler
  ) throws(DocumentError) {
    guard !sheet.isTooLarge else {
      throw .textTooLarge(path: package.path, limit: package.limits.maximumTextByteCount)
    }
    text.leftOut.add(sheet.leftOut)
    let rows = sheet.mergedRows()
    guard !rows.isEmpty else { return }
    text.beginPart()
    text.mark(.row, "\(rows[0].number)", in: "sheet " + name)
    text.appendHeading(name, level: 1)
    var layout = TableLayout(.freeForm)
    layout.write(rows, into: &text, container: "sheet " + name, placed: true)
  }

  private func noteLeftOut(_ text: inout TextAssembler) {
    for (folder, what) in [
      ("xl/comments", "page(s) of comments"), ("xl/charts/chart", "chart(s)"),
    ] {
      let count = package.names.count { $0.hasPrefix(folder) && $0.hasSuffix(".xml") }
      if count > 0 { text.warnings.append("\(count) \(what) were not read") }
    }
  }
}
