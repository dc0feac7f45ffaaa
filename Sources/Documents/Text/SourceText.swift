/// The characters of a text file, decoded with the encoding that its bytes suggest.
struct SourceText {
  /// The text with the map to the file's bytes.
  let builder: TextBuilder
  private let detected: DetectedEncoding

  var encoding: TextEncoding { detected.encoding }

  /// The text in UTF-8.
  var bytes: [UInt8] { builder.bytes }

  /// Messages about bytes that were replaced, and an encoding that is a guess.
  var warnings: [String] { detected.warnings(about: builder) }

  /// Decodes a file.
  ///
  /// - Throws: `.binary`, `.textTooLarge`.
  init(_ source: DocumentSource) throws(DocumentError) {
    do throws(NotText) {
      detected = try TextEncoding.detect(source.contents)
    } catch {
      throw .binary(path: source.path, reason: error.reason)
    }
    builder = TextDecoder.decode(source.contents, as: detected)
    let limit = source.limits.maximumTextByteCount
    guard builder.bytes.count <= limit else { throw .textTooLarge(path: source.path, limit: limit) }
  }

  /// A document whose text is the file's own.
  func document(
    type: DocumentType, title: String?, headings: [Heading]
  ) -> ExtractedDocument {
    ExtractedDocument(
      type: type, title: title, text: builder.text, headings: headings,
      sourceMap: builder.sourceMap, encoding: encoding,
      removedControlCount: builder.removedControlCount, warnings: warnings)
  }
}
