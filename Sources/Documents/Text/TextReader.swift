/// Reads TXT and MD: decodes the bytes and finds the headings.
struct TextReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads the text.
  ///
  /// - Parameter type: `.text` or `.markdown`, which decides what a heading is.
  /// - Returns: the text with its headings and encoding.
  /// - Throws: `.binary`, `.textTooLarge`.
  func read(as type: DocumentType) throws(DocumentError) -> ExtractedDocument {
    let decoded = try SourceText(source)
    var builder = decoded.builder
    let marks = TextMarks(builder.bytes, isMarkdown: type == .markdown)
    let found = type == .markdown ? pictures(builder.bytes, without: marks) : FoundPictures()
    builder.remove(marks.ranges)
    let structure = MarkdownStructure(builder.bytes, dialect: type == .markdown ? .markdown : .text)
    return ExtractedDocument(
      type: type,
      title: structure.title,
      text: builder.text,
      headings: structure.headings,
      sourceMap: builder.sourceMap,
      encoding: decoded.encoding,
      removedControlCount: builder.removedControlCount,
      pictures: found.pictures,
      warnings: decoded.warnings + marks.warnings + [found.warning].compactMap { $0 })
  }

  /// The pictures that a Markdown text shows, where their files exist; their places are in the text
  /// without the marks.
  private func pictures(
    _ bytes: [UInt8], without marks: TextMarks
  ) -> FoundPictures {
    var markdown = MarkdownPictures(bytes)
    let shown = markdown.find().map { picture in
      ShownPicture(
        address: picture.address, captions: picture.captions,
        byteOffset: marks.offset(of: picture.byteOffset))
    }
    return PictureCollector.pictures(shown) {
      PictureAddress.resolve($0, inPageAt: source.path)
    }
  }
}
