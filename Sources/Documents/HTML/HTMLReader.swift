/// Reads HTML as browsers parse it: the visible text, with headings, lists and tables laid out as readable text.
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
  /// - Throws: `.fileTooLarge`, `.binary`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    guard contents.count <= limits.maximumMarkupByteCount else {
      throw .fileTooLarge(
        path: path, byteCount: contents.count, limit: limits.maximumMarkupByteCount)
    }
    let (source, detected) = try decoded()
    let page = HTMLPage(source.bytes)
    var writer = HTMLTextWriter(page)
    writer.write()
    let prose = writer.prose
    guard prose.bytes.count <= limits.maximumTextByteCount else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    var document = ExtractedDocument(
      type: .html,
      title: writer.title ?? prose.headings.first { $0.level == 1 }?.title,
      text: prose.text,
      headings: prose.headings,
      encoding: detected.encoding,
      removedControlCount: source.removedControlCount + prose.removedControlCount,
      pictures: PictureCollector.pictures(writer.images) {
        PictureAddress.resolve($0, inPageAt: path)
      },
      warnings: TextReader.warnings(source, detected)
        + [page.interruption, writer.leftOut.warning].compactMap { $0 })
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
        contents, declared: DeclaredCharset.find(in: contents))
      return (TextDecoder.decode(contents, as: detected), detected)
    } catch {
      throw .binary(path: path, reason: error.reason)
    }
  }
}
