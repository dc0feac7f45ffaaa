/// Reads HTML as browsers parse it: the visible text, with headings, lists and tables laid out as
/// readable text.
struct HTMLReader {
  private let source: DocumentSource
  private let picture: (String) -> PictureCollector.Content?

  /// - Parameters:
  ///   - source: the page.
  ///   - picture: the picture that an address in the page names, or nil; by default a file beside the
  ///     page.
  init(
    _ source: DocumentSource, picture: ((String) -> PictureCollector.Content?)? = nil
  ) {
    self.source = source
    self.picture = picture ?? { PictureAddress.resolve($0, inPageAt: source.path) }
  }

  /// Reads the page.
  ///
  /// - Throws: `.fileTooLarge`, `.binary`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    try source.checkMarkupByteCount()
    let (decoded, detected) = try decoded()
    let page = HTMLPage(decoded.bytes)
    var writer = HTMLTextWriter(page)
    writer.write()
    let prose = writer.prose
    let limit = source.limits.maximumTextByteCount
    guard prose.bytes.count <= limit else { throw .textTooLarge(path: source.path, limit: limit) }
    let found = PictureCollector.pictures(writer.images, content: picture)
    var document = ExtractedDocument(
      type: .html,
      title: writer.title ?? prose.headings.first { $0.level == 1 }?.title,
      text: prose.text,
      headings: prose.headings,
      encoding: detected.encoding,
      removedControlCount: decoded.removedControlCount + prose.removedControlCount,
      pictures: found.pictures,
      warnings: detected.warnings(about: decoded)
        + [page.interruption, writer.leftOut.warning, found.warning].compactMap { $0 })
    document.tables = prose.tables
    document.sourceLines = SourceLines(marks: prose.lineMarks)
    document.leftOut = writer.leftOut
    return document
  }

  /// The page decoded to UTF-8.
  ///
  /// A byte order mark and valid UTF-8 take precedence over the declaration, which is often left
  /// over from a template; otherwise the declaration decides.
  private func decoded() throws(DocumentError) -> (builder: TextBuilder, DetectedEncoding) {
    do throws(NotText) {
      let detected = try TextEncoding.detect(
        source.contents, declared: DeclaredCharset.find(in: source.contents))
      return (TextDecoder.decode(source.contents, as: detected), detected)
    } catch {
      throw .binary(path: source.path, reason: error.reason)
    }
  }
}
