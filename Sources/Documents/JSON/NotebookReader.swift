import Bytes

/// Reads a Jupyter notebook (nbformat 3 and 4): the text cells with their headings, the code, and
/// the printed results.
///
/// Places are cells, from 1. Left out: pictures and interactive results.
struct NotebookReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads the cells.
  ///
  /// - Throws: `.binary`, `.damaged` for a file that is not a notebook, `.fileTooLarge`,
  ///   `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    try source.checkMarkupByteCount()
    let decoded = try SourceText(source)
    let notebook: JSONValue
    do throws(JSONError) {
      notebook = try JSONValue.parse(decoded.bytes)
    } catch {
      throw .damaged(path: source.path, type: .notebook, reason: "\(error)")
    }
    guard let cells = Self.cells(of: notebook) else {
      throw .damaged(path: source.path, type: .notebook, reason: "it has no cells")
    }
    var text = TextAssembler(limits: source.limits)
    text.warnings = decoded.warnings
    for (index, cell) in cells.enumerated() {
      text.mark(.cell, "\(index + 1)")
      append(cell, to: &text)
    }
    return try text.document(type: .notebook, path: source.path, encoding: decoded.encoding)
  }

  /// Format 3 had worksheets around the cells.
  private static func cells(of notebook: JSONValue) -> [JSONValue]? {
    if let cells = notebook["cells"]?.arrayValue { return cells }
    return notebook["worksheets"]?.arrayValue?.flatMap { $0["cells"]?.arrayValue ?? [] }
  }

  private func append(_ cell: JSONValue, to text: inout TextAssembler) {
    let content = Self.text(cell["source"] ?? cell["input"])
    switch cell["cell_type"]?.stringValue {
    case "markdown":
      let bytes = Array(content.utf8)
      let headings = MarkdownStructure(bytes, dialect: .markdown).headings
      text.append(ExtractedDocument(type: .markdown, text: content, headings: headings))
    case "heading":
      text.appendHeading(content, level: cell["level"]?.integerValue ?? 1)
    default: text.appendParagraph(content)
    }
    for output in cell["outputs"]?.arrayValue ?? [] {
      let result = Self.text(output["text"] ?? output["data"]?["text/plain"])
      if !result.isEmpty { text.appendParagraph("Output: " + result) }
      if let name = output["ename"]?.stringValue {
        text.appendParagraph("Error: \(name): " + (output["evalue"]?.stringValue ?? ""))
      }
    }
  }

  /// A text, or the list of its lines.
  private static func text(_ value: JSONValue?) -> String {
    value?.stringValue ?? value?.arrayValue?.compactMap(\.stringValue).joined() ?? ""
  }
}
