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
    let builder = TextDecoder.decode(contents, as: detected)
    guard builder.bytes.count <= limits.maximumTextByteCount else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    let structure = MarkdownStructure(builder.bytes, dialect: type == .markdown ? .markdown : .text)
    return ExtractedDocument(
      type: type,
      title: structure.title,
      text: builder.text,
      headings: structure.headings,
      sourceMap: builder.sourceMap,
      encoding: detected.encoding,
      removedControlCount: builder.removedControlCount,
      pictures: type == .markdown ? pictures(builder.bytes) : [],
      warnings: Self.warnings(builder, encoding: detected.encoding))
  }

  /// The pictures that a Markdown text shows, where their files exist.
  private func pictures(_ bytes: [UInt8]) -> [ExtractedPicture] {
    var markdown = MarkdownPictures(bytes)
    return PictureCollector.pictures(markdown.find()) {
      PictureAddress.resolve($0, inPageAt: path)
    }
  }

  static func warnings(_ builder: TextBuilder, encoding: TextEncoding) -> [String] {
    guard builder.replacedCount > 0 else { return [] }
    return [
      "\(builder.replacedCount) place(s) that are not valid \(encoding.rawValue)"
        + " were replaced by U+FFFD"
    ]
  }
}
