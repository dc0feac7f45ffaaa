/// Reads OpenDocument files (ISO/IEC 26300, ODF 1.3): texts, sheets and presentations.
///
/// A text has headings, lists, tables and footnotes; a sheet is a part with its rows; a slide is a
/// page with its notes. Left out: deleted, hidden and struck text, whose words are counted, and
/// comments, which are said.
struct ODFReader {
  private let package: OfficePackage
  private let type: DocumentType

  init(_ source: DocumentSource, as type: DocumentType) throws(DocumentError) {
    package = try OfficePackage(source, type: type)
    self.type = type
  }

  /// Whether an archive is an OpenDocument file of a kind: `text`, `spreadsheet` or `presentation`,
  /// or a template of it.
  static func matches(_ listing: ArchiveListing, kind: String) -> Bool {
    listing.mimeType?.hasPrefix("application/vnd.oasis.opendocument." + kind) == true
  }

  /// Reads the document.
  ///
  /// - Throws: `.damaged`, `.encrypted`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    var text = TextAssembler(limits: package.limits)
    var manifest = ODFManifest()
    try package.walkOptional("META-INF/manifest.xml", &manifest, &text.warnings)
    guard !manifest.isEncrypted else { throw .encrypted(path: package.path) }
    var styles = ODFStyles()
    try package.walkOptional("styles.xml", &styles, &text.warnings)
    var content = ODFContent(text, styles: styles)
    try package.walk("content.xml", &content)
    if content.commentCount > 0 {
      content.deck.text.warnings.append("\(content.commentCount) comment(s) were not read")
    }
    let title = try package.title(in: "meta.xml", &content.deck.text.warnings)
    return try content.deck.document(
      type: type, path: package.path, title: title,
      pictures: PictureCollector.pictures(content.frames.pictures, in: package.names))
  }
}

/// `META-INF/manifest.xml`: whether the parts are encrypted.
struct ODFManifest: MarkupVisitor {
  private(set) var isEncrypted = false

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "encryption-data" { isEncrypted = true }
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}
}

/// Which styles hide or strike text, and which number their lists.
struct ODFStyles: MarkupVisitor {
  /// Styles of text that is left out, with the reason.
  private(set) var leftOut: [String: LeftOutWords.Reason] = [:]
  private(set) var ordered: Set<String> = []
  /// Styles of superscripts and subscripts.
  private(set) var scripts: [String: OpenScript.Kind] = [:]
  private var style: String?

  mutating func start(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "style", "list-style": style = element.attributes["name"]
    case "text-properties":
      guard let style else { break }
      let line = element.attributes["text-line-through-style"] ?? "none"
      if line != "none" { leftOut[style] = .struckOut }
      // `super 58%`, or the shift in percent.
      let position = element.attributes["text-position"]?.split(separator: " ").first ?? ""
      if position == "super" || position.first?.isNumber == true && !position.hasPrefix("0") {
        scripts[style] = .superscript
      } else if position == "sub" || position.hasPrefix("-") {
        scripts[style] = .subscript_
      }
      if element.attributes["display"] == "none" { leftOut[style] = .hidden }
    case "list-level-style-number" where ["1", nil].contains(element.attributes["level"]):
      if let style { ordered.insert(style) }
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}
}
