import Bytes

/// Reads the sheets of an XLSX workbook (ECMA-376, SpreadsheetML) with the values that a
/// spreadsheet program shows.
///
/// Each sheet is a part of the document under a heading with its name; `TableLayout` turns its rows
/// into lines, and its text boxes follow. Formulas give their cached values. Left out and said:
/// comments, charts.
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
    var shown: [ShownPicture] = []
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
      let boxes = try textBoxes(of: part, &text, &shown)
      try write(visitor, boxes, named: sheet.name, into: &text)
    }
    noteLeftOut(&text)
    let title = try package.title(&text.warnings)
    return try text.document(
      type: .xlsx, path: package.path, title: title,
      pictures: PictureCollector.pictures(shown, in: package.names))
  }

  /// The shapes with text above the cells of a sheet (20.5, SpreadsheetML drawings); its pictures go
  /// to `shown`.
  private func textBoxes(
    of sheet: String, _ text: inout TextAssembler, _ shown: inout [ShownPicture]
  ) throws(DocumentError) -> [PPTXShape] {
    var shapes: [PPTXShape] = []
    for part in try package.relationships(of: sheet, &text.warnings).targets(of: "drawing") {
      // Shapes are the same language, DrawingML, as on slides.
      var drawing = PPTXSlide()
      try package.walkOptional(part, &drawing, &text.warnings)
      text.leftOut.add(drawing.leftOut)
      shapes += drawing.shapes
      let related = try package.relationships(of: part, &text.warnings)
      shown += drawing.shownPictures(related, at: text.bytes.count, page: nil)
    }
    return shapes.filter { !$0.paragraphs.isEmpty || !$0.rows.isEmpty }
  }

  private func write(
    _ sheet: XLSXSheet, _ boxes: [PPTXShape], named name: String, into text: inout TextAssembler
  ) throws(DocumentError) {
    guard !sheet.isTooLarge else {
      throw .textTooLarge(path: package.path, limit: package.limits.maximumTextByteCount)
    }
    text.leftOut.add(sheet.leftOut)
    let rows = sheet.mergedRows()
    guard !rows.isEmpty || !boxes.isEmpty else { return }
    text.beginPart()
    let place = "sheet " + name
    if let first = rows.first {
      text.mark(.row, "\(first.number)", in: place)
    } else {
      text.mark(.named, place)
    }
    text.appendHeading(name, level: 1)
    var layout = TableLayout(.freeForm)
    layout.write(rows, into: &text, container: place, placed: true)
    if !boxes.isEmpty { text.mark(.named, place) }
    for box in boxes { box.append(to: &text) }
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
