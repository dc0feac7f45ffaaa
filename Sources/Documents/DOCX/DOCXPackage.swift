/// Opens the ZIP archive of an office document and finds the part with the text.
struct DOCXPackage {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Whether a file is a ZIP archive: a local file header, or the end of an empty archive
  /// (APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.16).
  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06])
  }

  /// Reads the document.
  ///
  /// - Throws: `.unsupported` for an archive of another kind, `.damaged` for one that breaks a rule
  ///   of `ZipArchive` (a bomb, an ambiguous directory, a wrong checksum).
  func read() throws(DocumentError) -> ExtractedDocument {
    let package = try OfficePackage(source, type: .docx)
    guard let mainPart = Self.mainPart(package.names, root: try package.part("_rels/.rels")) else {
      throw .unsupported(path: source.path, format: Self.format(package.names))
    }
    return try DOCXReader(package).read(mainPart: mainPart)
  }

  /// The part with the text: the one that the package's relationships name (ECMA-376 part 1,
  /// 11.3.10), else "word/document.xml", else the numbered name that some Office versions write.
  ///
  /// - Parameters:
  ///   - names: the names of all parts.
  ///   - root: the content of `_rels/.rels`.
  /// - Returns: the name of the part; nil for an archive without a Word document.
  static func mainPart(_ names: [String], root: [UInt8]? = nil) -> String? {
    var relationships = OfficeRelationships(source: "")
    if let root, (try? XMLPullReader.walk(root, &relationships)) != nil,
      let name = relationships.targets(of: "officeDocument").first, names.contains(name),
      !name.hasPrefix("xl/"), !name.hasPrefix("ppt/")
    {
      return name
    }
    if names.contains("word/document.xml") { return "word/document.xml" }
    return names.first { $0.hasPrefix("word/document") && $0.hasSuffix(".xml") }
  }

  /// The format of an archive without a Word document, by the parts that the format requires.
  static func format(_ names: [String]) -> String {
    if names.contains("content.xml") { return "an OpenDocument file of an unknown kind" }
    return "a ZIP archive"
  }
}
