internal import Bytes

/// Opens the ZIP archive of an office document and finds the part with the text.
struct DOCXPackage {
  let path: String
  let limits: DocumentLimits

  init(_ source: DocumentSource) {
    path = source.path
    limits = source.limits
  }

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
    let archive = try DOCXArchive(path: path)
    guard let mainPart = Self.mainPart(archive.names) else {
      throw .unsupported(path: path, format: Self.format(archive.names))
    }
    let reader = DOCXReader(path: path, limits: limits) { name throws(DocumentError) in
      guard let entry = archive.entry(named: name) else { return nil }
      guard entry.byteCount <= limits.maximumMarkupByteCount else {
        throw .textTooLarge(path: path, limit: limits.maximumMarkupByteCount)
      }
      return try archive.contents(of: entry)
    }
    return try reader.read(mainPart: mainPart)
  }

  /// "word/document.xml", or the numbered name that some Office versions write.
  static func mainPart(_ names: [String]) -> String? {
    if names.contains("word/document.xml") { return "word/document.xml" }
    return names.first { $0.hasPrefix("word/document") && $0.hasSuffix(".xml") }
  }

  /// The format of an archive without a Word document, by the parts that the format requires.
  static func format(_ names: [String]) -> String {
    if names.contains("xl/workbook.xml") { return "a spreadsheet (XLSX); save it as PDF or HTML" }
    if names.contains("ppt/presentation.xml") { return "a presentation (PPTX); save it as PDF" }
    if names.contains("META-INF/container.xml") { return "an EPUB book" }
    if names.contains("content.xml") { return "an OpenDocument file; save it as DOCX" }
    return "a ZIP archive"
  }
}
