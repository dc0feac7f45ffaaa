/// Reads TXT and MD: decodes the bytes and finds the headings.
struct TextReader {
  private let contents: [UInt8]
  private let path: String
  private let limits: DocumentLimits

  init(_ source: DocumentSource) {
    contents = source.contents
    path = source.path
    limits = source.limits
  }

  /// Reads the text.
  ///
  /// - Parameter type: `.text` or `.markdown`, which decides what a heading is.
  /// - Returns: the text with its headings and encoding.
  /// - Throws: `.binary`, `.textTooLarge`.
  func read(as type: DocumentType) throws(DocumentError) -> ExtractedDocument {
    let detected: DetectedEncoding
    do throws(NotText) {
      detected = try TextEncoding.detect(contents)
    } catch {
      throw .binary(path: path, reason: error.reason)
    }
    var builder = TextDecoder.decode(contents, as: detected)
    guard builder.bytes.count <= limits.maximumTextByteCount else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    let marks = TextMarks(builder.bytes, isMarkdown: type == .markdown)
    let pictures = type == .markdown ? pictures(builder.bytes, without: marks) : []
    builder.remove(marks.ranges)
    let structure = MarkdownStructure(builder.bytes, dialect: type == .markdown ? .markdown : .text)
    return ExtractedDocument(
      type: type,
      title: structure.title,
      text: builder.text,
      headings: structure.headings,
      sourceMap: builder.sourceMap,
      encoding: detected.encoding,
      removedControlCount: builder.removedControlCount,
      pictures: pictures,
      warnings: Self.warnings(builder, detected) + marks.warnings)
  }

  /// The pictures that a Markdown text shows, where their files exist; their places are in the text
  /// without the marks.
  private func pictures(_ bytes: [UInt8], without marks: TextMarks) -> [ExtractedPicture] {
    var markdown = MarkdownPictures(bytes)
    let shown = markdown.find().map { picture in
      ShownPicture(
        address: picture.address, captions: picture.captions,
        byteOffset: marks.offset(of: picture.byteOffset))
    }
    return PictureCollector.pictures(shown) {
      PictureAddress.resolve($0, inPageAt: path)
    }
  }

  /// The warnings about the decoding of a file.
  static func warnings(_ builder: TextBuilder, _ detected: DetectedEncoding) -> [String] {
    guard detected.isDoubtful else { return warnings(builder, encoding: detected.encoding) }
    return [
      "the encoding is a guess, \(detected.encoding.rawValue); if the text is garbled,"
        + " save the file as UTF-8"
    ] + warnings(builder, encoding: detected.encoding)
  }

  /// The warnings about a text whose encoding is certain.
  static func warnings(_ builder: TextBuilder, encoding: TextEncoding) -> [String] {
    guard builder.replacedCount > 0 else { return [] }
    return [
      "\(builder.replacedCount) place(s) that are not valid \(encoding.rawValue)"
        + " were replaced by U+FFFD"
    ]
  }
}
