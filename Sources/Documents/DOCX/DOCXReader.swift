/// Reads the main text of a DOCX file (ECMA-376, WordprocessingML), with its headings, numbering,
/// lists, tables, notes, equations, embedded documents and pictures.
///
/// Left out: field codes, comments, headers and footers, hidden and struck text, deleted text and
/// rows of tracked changes, and the second copy of drawings that Word writes for old programs. Their
/// words are counted.
struct DOCXReader {
  let path: String
  let limits: DocumentLimits
  /// Returns the content of a part by its name in the archive, or nil if there is none.
  let part: (String) throws(DocumentError) -> [UInt8]?

  /// Reads the part with the text, usually "word/document.xml", and the parts that it refers to:
  /// styles, numbering, notes, properties.
  func read(mainPart: String) throws(DocumentError) -> ExtractedDocument {
    guard let body = try part(mainPart) else {
      throw .damaged(path: path, type: .docx, reason: "'\(mainPart)' is missing")
    }
    var warnings: [String] = []
    var relationships = DOCXRelationships(mainPart: mainPart)
    try walk(relationships.partName, &relationships, &warnings)
    var properties = DOCXProperties()
    try walk("docProps/core.xml", &properties, &warnings)
    var visitor = try visitor(relationships, &warnings)
    do throws(XMLPullReader.Malformed) {
      try XMLPullReader.walk(body, &visitor)
    } catch {
      throw .damaged(path: path, type: .docx, reason: "\(mainPart): \(error.reason)")
    }
    let prose = visitor.prose
    guard prose.bytes.count <= limits.maximumTextByteCount else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    var leftOut = visitor.leftOut
    try countUnread(relationships, &leftOut)
    if let warning = leftOut.warning { warnings.append(warning) }
    if visitor.unknownSymbolCount > 0 {
      warnings.append("\(visitor.unknownSymbolCount) characters of symbol fonts were left out")
    }
    var document = ExtractedDocument(
      type: .docx,
      title: properties.title ?? prose.headings.first { $0.level == 1 }?.title,
      text: prose.text,
      headings: prose.headings,
      removedControlCount: prose.removedControlCount,
      pictures: PictureCollector.pictures(visitor.images) {
        relationships.part(of: $0).map { .stored(.part(name: $0)) }
      },
      warnings: warnings)
    document.tables = prose.tables
    document.leftOut = leftOut
    return document
  }

  /// The visitor of the main part, with what the parts beside it say.
  private func visitor(
    _ relationships: DOCXRelationships, _ warnings: inout [String]
  ) throws(DocumentError) -> DOCXVisitor {
    func name(_ type: String) -> String {
      relationships.part(ofType: type) ?? "word/\(type).xml"
    }
    var styles = DOCXStyles()
    try walk(name("styles"), &styles, &warnings)
    var numbering = DOCXNumbering()
    try walk(name("numbering"), &numbering, &warnings)
    var settings = DOCXSettings()
    try walk(name("settings"), &settings, &warnings)
    var footnotes = DOCXNotes(styles: styles)
    try walk(name("footnotes"), &footnotes, &warnings)
    var endnotes = DOCXNotes(styles: styles)
    try walk(name("endnotes"), &endnotes, &warnings)
    var visitor = DOCXVisitor(
      styles: styles, numbering: numbering, footnotes: footnotes.texts, endnotes: endnotes.texts,
      settings: settings, chunks: try embeddedDocuments(relationships, &warnings))
    visitor.leftOut.add(footnotes.leftOut)
    visitor.leftOut.add(endnotes.leftOut)
    return visitor
  }

  /// The documents that the main part embeds by `w:altChunk`, by relationship.
  private func embeddedDocuments(
    _ relationships: DOCXRelationships, _ warnings: inout [String]
  ) throws(DocumentError) -> [String: ExtractedDocument] {
    var documents: [String: ExtractedDocument] = [:]
    for id in relationships.identifiers(ofType: "aFChunk") {
      guard let name = relationships.part(of: id), let bytes = try part(name) else { continue }
      do throws(DocumentError) {
        documents[id] = try embedded(bytes, name: name)
      } catch {
        warnings.append("the embedded document \(name) was not read: it \(error.reason)")
      }
    }
    return documents
  }

  private func embedded(
    _ bytes: [UInt8], name: String
  ) throws(DocumentError) -> ExtractedDocument {
    guard case .document(let type) = DocumentSniffer.sniff(bytes, path: name),
      Self.embeddableTypes.contains(type.name)
    else { throw .unsupported(path: name, format: "a document of another type") }
    return try type.read(DocumentSource(contents: bytes, path: name, limits: limits))
  }

  /// Types whose readers need nothing but the content.
  private static let embeddableTypes: Set<String> = ["html", "text", "markdown", "rtf"]

  /// Counts the words of the parts that are not read.
  private func countUnread(
    _ relationships: DOCXRelationships, _ leftOut: inout LeftOutWords
  ) throws(DocumentError) {
    let kinds: [(String, LeftOutWords.Reason)] = [
      ("header", .headerOrFooter), ("footer", .headerOrFooter), ("comments", .comment),
    ]
    for (type, reason) in kinds {
      for id in relationships.identifiers(ofType: type) {
        guard let name = relationships.part(of: id) else { continue }
        var counter = DOCXWordCount()
        var ignored: [String] = []
        try walk(name, &counter, &ignored)
        leftOut.add(counter.count, reason)
      }
    }
  }

  /// Reads an optional part; a damaged one gives only a warning.
  private func walk(
    _ name: String, _ visitor: inout some MarkupVisitor, _ warnings: inout [String]
  ) throws(DocumentError) {
    guard let bytes = try part(name) else { return }
    do throws(XMLPullReader.Malformed) {
      try XMLPullReader.walk(bytes, &visitor)
    } catch {
      warnings.append("\(name) was not used: \(error.reason)")
    }
  }
}
