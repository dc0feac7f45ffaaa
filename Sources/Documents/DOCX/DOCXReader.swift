/// Reads the main text of a DOCX file (ECMA-376, WordprocessingML), with its headings, numbering,
/// lists, tables, notes, equations, embedded documents and pictures.
///
/// Left out: field codes, comments, headers and footers, hidden and struck text, deleted text and
/// rows of tracked changes, and the second copy of drawings that Word writes for old programs. Their
/// words are counted.
struct DOCXReader {
  private let package: OfficePackage

  init(_ package: OfficePackage) { self.package = package }

  /// Reads the part with the text, usually "word/document.xml", and the parts that it refers to:
  /// styles, numbering, notes, properties.
  func read(mainPart: String) throws(DocumentError) -> ExtractedDocument {
    var warnings: [String] = []
    let relationships = try package.relationships(of: mainPart, &warnings)
    let title = try package.title(&warnings)
    var visitor = try visitor(relationships, &warnings)
    try package.walk(mainPart, &visitor)
    let prose = visitor.prose
    let limit = package.limits.maximumTextByteCount
    guard prose.bytes.count <= limit else { throw .textTooLarge(path: package.path, limit: limit) }
    var leftOut = visitor.leftOut
    try countUnread(relationships, &leftOut)
    if let warning = leftOut.warning { warnings.append(warning) }
    if visitor.unknownSymbolCount > 0 {
      warnings.append("\(visitor.unknownSymbolCount) characters of symbol fonts were left out")
    }
    let found = PictureCollector.pictures(visitor.images) {
      relationships.part($0).map { .stored(.part(name: $0)) }
    }
    if let warning = found.warning { warnings.append(warning) }
    var document = ExtractedDocument(
      type: .docx,
      title: title ?? prose.headings.first { $0.level == 1 }?.title,
      text: prose.text,
      headings: prose.headings,
      removedControlCount: prose.removedControlCount,
      pictures: found.pictures,
      warnings: warnings)
    document.tables = prose.tables
    document.leftOut = leftOut
    return document
  }

  /// The visitor of the main part, with what the parts beside it say.
  private func visitor(
    _ relationships: OfficeRelationships, _ warnings: inout [String]
  ) throws(DocumentError) -> DOCXVisitor {
    func name(_ type: String) -> String {
      relationships.targets(of: type).first ?? "word/\(type).xml"
    }
    var styles = DOCXStyles()
    try package.walkOptional(name("styles"), &styles, &warnings)
    var numbering = DOCXNumbering()
    try package.walkOptional(name("numbering"), &numbering, &warnings)
    var settings = DOCXSettings()
    try package.walkOptional(name("settings"), &settings, &warnings)
    var footnotes = DOCXNotes(styles: styles)
    try package.walkOptional(name("footnotes"), &footnotes, &warnings)
    var endnotes = DOCXNotes(styles: styles)
    try package.walkOptional(name("endnotes"), &endnotes, &warnings)
    var visitor = DOCXVisitor(
      styles: styles, numbering: numbering, footnotes: footnotes.texts, endnotes: endnotes.texts,
      settings: settings, chunks: try embeddedDocuments(relationships, &warnings))
    visitor.leftOut.add(footnotes.leftOut)
    visitor.leftOut.add(endnotes.leftOut)
    return visitor
  }

  /// The documents that the main part embeds by `w:altChunk`, by relationship.
  private func embeddedDocuments(
    _ relationships: OfficeRelationships, _ warnings: inout [String]
  ) throws(DocumentError) -> [String: ExtractedDocument] {
    var documents: [String: ExtractedDocument] = [:]
    for id in relationships.identifiers(of: "aFChunk") {
      guard let name = relationships.part(id), let bytes = try package.part(name) else { continue }
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
    return try type.read(DocumentSource(contents: bytes, path: name, limits: package.limits))
  }

  /// Types whose readers need nothing but the content.
  private static let embeddableTypes: Set<String> = ["html", "text", "markdown", "rtf"]

  /// Counts the words of the parts that are not read.
  private func countUnread(
    _ relationships: OfficeRelationships, _ leftOut: inout LeftOutWords
  ) throws(DocumentError) {
    let kinds: [(String, LeftOutWords.Reason)] = [
      ("header", .headerOrFooter), ("footer", .headerOrFooter), ("comments", .comment),
    ]
    for (type, reason) in kinds {
      for name in relationships.targets(of: type) {
        var counter = DOCXWordCount(reason: reason)
        var ignored: [String] = []
        try package.walkOptional(name, &counter, &ignored)
        leftOut.add(counter.leftOut)
      }
    }
  }
}
