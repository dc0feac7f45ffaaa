/// Limits on files and extracted text.
package struct DocumentLimits: Sendable, Equatable {
  /// Largest file that is opened.
  ///
  /// Default 512 MiB, more than any book with pictures.
  package var maximumFileByteCount = 512 << 20
  /// Largest text taken from one file.
  ///
  /// Default 64 MiB, about twenty times the Bible.
  package var maximumTextByteCount = 64 << 20
  /// Largest HTML page or part of a DOCX.
  ///
  /// Default 64 MiB, because libxml2's tree takes about ten times the page.
  package var maximumMarkupByteCount = 64 << 20
  /// Time limit of `pdftotext` for one file and of `pdftoppm` for one page; a 1,000-page book takes
  /// about 2 s.
  package var toolSeconds = 120
  /// Address space limit of both programs, which need about 100 MiB for usual files.
  package var toolAddressSpaceByteCount = 4 << 30

  package init() {}
}

/// Extracts the text of a file of any type in ``DocumentType/all``, and finds its pictures.
///
/// A value without state: any number of threads may read at once.
package struct DocumentReader: Sendable {
  /// The version of the text extraction.
  ///
  /// An index stores it together with `Chunker.identity`: another extraction gives other text.
  package static let identity = "documents-1"

  package var limits: DocumentLimits

  package init(limits: DocumentLimits = DocumentLimits()) {
    self.limits = limits
  }

  /// Whether a folder search takes up a file of this name.
  ///
  /// `read` itself decides by the content.
  package static func supported(_ path: String) -> Bool {
    DocumentType(fileExtensionOf: path) != nil
  }

  /// Reads the file at `path`.
  ///
  /// - Parameter path: any file; symbolic links are followed.
  /// - Returns: the text and its structure.
  /// - Throws: `DocumentError`; its description says what is wrong and what can be done. A file
  ///   without pictures whose text is only white space throws `.empty` (PDF: `.noTextLayer`).
  /// - Complexity: O(file); PDF starts one process.
  package func read(path: String) throws(DocumentError) -> ExtractedDocument {
    let contents = try FileContents.read(path: path, limit: limits.maximumFileByteCount)
    return try read(contents: contents, path: path)
  }

  /// Reads content that the caller has loaded already, for example to hash it.
  ///
  /// - Parameters:
  ///   - contents: the whole file.
  ///   - path: the file's path, for its extension and for messages. PDF and DOCX are opened again
  ///     from there, by `pdftotext` and `ZipArchive`.
  /// - Returns: the text and its structure.
  /// - Throws: as `read(path:)`.
  package func read(contents: [UInt8], path: String) throws(DocumentError) -> ExtractedDocument {
    guard !contents.isEmpty else { throw .empty(path: path) }
    let document: ExtractedDocument
    switch DocumentSniffer.sniff(contents, path: path) {
    case .unsupported(let format): throw .unsupported(path: path, format: format)
    case .document(let type):
      document = try type.read(DocumentSource(contents: contents, path: path, limits: limits))
    }
    guard document.text.utf8.contains(where: { $0 > 0x20 }) || !document.pictures.isEmpty else {
      throw .empty(path: path)
    }
    return document
  }
}
