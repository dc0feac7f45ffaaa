/// Reads HTML: the visible text, with headings, lists and tables laid out as readable text.
struct HTMLReader {
  private let contents: [UInt8]
  private let path: String
  private let limits: DocumentLimits

  init(_ source: DocumentSource) {
    contents = source.contents
    path = source.path
    limits = source.limits
  }

  /// Reads the page.
  ///
  /// - Throws: `.fileTooLarge`, `.binary`, `.damaged` for a page without elements, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    guard contents.count <= limits.maximumMarkupByteCount else {
      throw .fileTooLarge(
        path: path, byteCount: contents.count, limit: limits.maximumMarkupByteCount)
    }
    let source = try decoded()
    guard let tree = HTMLTree(source.bytes, encoding: source.encodingName) else {
      throw .damaged(path: path, type: .html, reason: "no element was found")
    }
    var visitor = HTMLVisitor()
    tree.walk(&visitor)
    let prose = visitor.prose
    guard prose.bytes.count <= limits.maximumTextByteCount else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    return ExtractedDocument(
      type: .html,
      title: visitor.title ?? prose.headings.first { $0.level == 1 }?.title,
      text: prose.text,
      headings: prose.headings,
      encoding: source.encoding,
      removedControlCount: source.removedControlCount + prose.removedControlCount,
      pictures: PictureCollector.pictures(visitor.images) {
        PictureAddress.resolve($0, inPageAt: path)
      },
      warnings: source.warnings + (tree.interruption.map { [$0] } ?? []))
  }

  private struct Source {
    var bytes: [UInt8]
    var encodingName: String
    var encoding: TextEncoding?
    var removedControlCount = 0
    var warnings: [String] = []
  }

  /// The page decoded to UTF-8, or its own bytes with the encoding that it declares.
  ///
  /// A byte order mark and valid UTF-8 take precedence over the declaration, which is often left
  /// over from a template; otherwise the declaration decides.
  private func decoded() throws(DocumentError) -> Source {
    let detected: DetectedEncoding
    do throws(NotText) {
      detected = try TextEncoding.detect(contents)
    } catch {
      throw .binary(path: path, reason: error.reason)
    }
    if detected.encoding == .windows1252, let declared = DeclaredCharset.find(in: contents) {
      return Source(bytes: contents, encodingName: declared)
    }
    let builder = TextDecoder.decode(contents, as: detected)
    return Source(
      bytes: builder.bytes, encodingName: "UTF-8", encoding: detected.encoding,
      removedControlCount: builder.removedControlCount,
      warnings: TextReader.warnings(builder, encoding: detected.encoding))
  }
}

/// The `charset=` of a page's `meta` element.
enum DeclaredCharset {
  /// Encodings of the WHATWG Encoding Standard that the C library converts and that pages not in
  /// UTF-8 use.
  ///
  /// Latin-1 and ASCII are decoded by `TextDecoder` as Windows-1252.
  private static let known: Set<String> = [
    "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7",
    "iso-8859-8", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16",
    "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "koi8-r", "koi8-u", "shift_jis", "euc-jp",
    "euc-kr", "gb2312", "gbk", "gb18030", "big5", "tis-620", "macintosh",
  ]

  /// The declared name in lower case, if it is in the list of known encodings.
  static func find(in contents: [UInt8]) -> String? {
    // A declaration must be in the first 1,024 bytes (HTML Standard, 4.2.5.4), but old pages have
    // scripts before it.
    let head = String(decoding: contents.prefix(4_096).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
      .lowercased()
    for part in head.split(separator: "charset").dropFirst() {
      let value = part.drop { " =\"'\n\t".contains($0) }
      let name = String(value.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
      if known.contains(name) { return name }
    }
    return nil
  }
}
