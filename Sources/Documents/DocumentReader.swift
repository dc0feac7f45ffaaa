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
  /// Default 64 MiB, because the tree of a page takes several times its bytes.
  package var maximumMarkupByteCount = 64 << 20
  /// Processor time in seconds that `pdftotext` gets for one file and `pdftoppm` for one page, beside
  /// ``toolSecondsPerMebibyte``; a 1,000-page book takes about 2 s.
  package var toolSeconds = 15
  /// Processor time for each MiB of a file: maps and drawings are slow, and large.
  package var toolSecondsPerMebibyte = 2
  /// Address space limit of both programs.
  ///
  /// They need about 100 MiB for usual files; a file of 1 kB may ask for gigabytes.
  package var toolAddressSpaceByteCount = 768 << 20

  package init() {}

  /// Processor time in seconds for a file of a size, at most two minutes.
  func toolSeconds(forByteCount byteCount: Int) -> Int {
    min(120, toolSeconds + toolSecondsPerMebibyte * (byteCount >> 20))
  }
}

/// Extracts the text of a file of any type in ``DocumentType/all``, and finds its pictures.
///
/// A value without state: any number of threads may read at once.
package struct DocumentReader: Sendable {
  /// The version of the text extraction.
  ///
  /// An index stores it together with `Chunker.identity`: another extraction gives other text.
  package static let identity = "documents-3"

  package var limits: DocumentLimits

  package init(limits: DocumentLimits = DocumentLimits()) {
    self.limits = limits
  }

  /// Whether a folder search takes up a file of this name.
  ///
  /// `read` itself decides by the content. Source code and JSON are mostly parts of programs, and their
  /// words would compete with those of documents: they are read where a path names the file.
  package static func supported(_ path: String) -> Bool {
    guard let type = DocumentType(fileExtensionOf: path) else { return false }
    return !typesByName.contains(type)
  }

  /// Whether files with an extension are read only where a path names them.
  package static func isReadByName(fileExtension: String) -> Bool {
    DocumentType(fileExtensionOf: "a." + fileExtension).map(typesByName.contains) ?? false
  }

  private static let typesByName: [DocumentType] = [.sourceCode, .json, .jsonLines]

  /// Whether a file is a recording, by its content, or by its name where the content does not tell.
  ///
  /// - Parameter path: any file; symbolic links are followed.
  /// - Returns: false for an empty file as well.
  /// - Throws: `.cannotOpen` or `.notARegularFile`.
  /// - Complexity: O(1); of a recording, which may be larger than memory, only the beginning is read.
  package func isRecording(path: String) throws(DocumentError) -> Bool {
    let beginning = try FileContents.beginning(ofFileAt: path, byteCount: 4_096)
    return !beginning.isEmpty
      && DocumentSniffer.sniff(beginning, path: path) == .document(.recording)
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
  ///   - path: the file's path, for its extension and for messages. A PDF is opened again from there,
  ///     by `pdftotext`.
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
