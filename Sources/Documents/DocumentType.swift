internal import Media

/// A type of document: how its files are named, recognised and read.
///
/// The rows of the table are in ``all``. The finder, the sniffer, the readers, the flag `--type` and
/// the help texts derive from it, so a new type is one row there and one reader.
package struct DocumentType: Sendable {
  /// The stable name, as in `markdown`: stored in the index, printed as JSON and accepted by search
  /// filters.
  package let name: String
  /// The name in prose, as in `MD`.
  package let displayName: String
  /// The modality of most of such a document.
  package let modality: Modality
  /// File name extensions, in lower case and without the dot, that a folder search takes up.
  package let fileExtensions: [String]
  /// The rule that recognises content of this type.
  let recognition: Recognition
  /// Extracts the text.
  let read: @Sendable (DocumentSource) throws(DocumentError) -> ExtractedDocument

  /// A rule that recognises content of a type, independently of the file's name.
  enum Recognition: Sendable {
    /// By the first bytes; tried before everything else.
    case signature(@Sendable ([UInt8]) -> Bool)
    /// By the members of a ZIP archive; tried before the signatures.
    case archive(@Sendable (ArchiveListing) -> Bool)
    /// By markup at the start of a text; the second argument is the type that the name suggests.
    case markup(@Sendable ([UInt8], DocumentType?) -> Bool)
    /// By the file name only, for text without a signature.
    case fileExtension
  }
}

/// The content of one file, with what a reader needs beside it.
struct DocumentSource {
  /// The whole file.
  let contents: [UInt8]
  /// The file's path, for messages and for readers that open it again.
  let path: String
  let limits: DocumentLimits

  /// Refuses a file whose parsed form would take too much memory.
  ///
  /// - Throws: `.fileTooLarge`.
  func checkMarkupByteCount() throws(DocumentError) {
    guard contents.count > limits.maximumMarkupByteCount else { return }
    throw .fileTooLarge(
      path: path, byteCount: contents.count, limit: limits.maximumMarkupByteCount)
  }
}

extension DocumentType {
  /// Every type that can be read; archives and signatures are tried in this order.
  package static let all: [DocumentType] = [
    text, markdown, html, docx, pdf, picture, recording, rst, csv, xlsx, pptx, odt, ods, odp, rtf,
    epub, eml, mbox, json, jsonLines, notebook, subtitles, sourceCode, doc, xls, ppt,
  ]

  /// Plain text in any encoding that `TextEncoding` detects; also the type of text that nothing else
  /// recognises.
  package static let text: DocumentType = DocumentType(
    name: "text", displayName: "TXT", modality: .text, fileExtensions: ["txt", "text"],
    recognition: .fileExtension
  ) { source throws(DocumentError) in try TextReader(source).read(as: .text) }

  /// Markdown; its text is the file's own, with the markup.
  package static let markdown: DocumentType = DocumentType(
    name: "markdown", displayName: "MD", modality: .text,
    fileExtensions: ["md", "markdown", "mdown", "mkd"], recognition: .fileExtension
  ) { source throws(DocumentError) in try TextReader(source).read(as: .markdown) }

  /// HTML or XHTML.
  package static let html: DocumentType = DocumentType(
    name: "html", displayName: "HTML", modality: .text, fileExtensions: ["html", "htm", "xhtml"],
    recognition: .markup(HTMLMarkup.isPresent)
  ) { source throws(DocumentError) in try HTMLReader(source).read() }

  /// Office Open XML word processing (ECMA-376).
  ///
  /// Any ZIP archive has the signature; its directory tells whether it is a Word document.
  package static let docx: DocumentType = DocumentType(
    name: "docx", displayName: "DOCX", modality: .text, fileExtensions: ["docx"],
    recognition: .signature(DOCXPackage.hasSignature)
  ) { source throws(DocumentError) in try DOCXPackage(source).read() }

  /// Portable Document Format; pages without a text layer are pictures.
  package static let pdf: DocumentType = DocumentType(
    name: "pdf", displayName: "PDF", modality: .text, fileExtensions: ["pdf"],
    recognition: .signature(PDFReader.hasSignature)
  ) { source throws(DocumentError) in try PDFReader(source).read() }

  /// A picture in one of the formats of `PictureFormat`.
  ///
  /// Its text is empty; its caption is the words of the file's name.
  package static let picture: DocumentType = DocumentType(
    name: "picture", displayName: "pictures", modality: .picture,
    fileExtensions: ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"],
    recognition: .signature { PictureFormat(sniffing: $0) != nil }
  ) { source throws(DocumentError) in
    ExtractedDocument(
      type: .picture, text: "",
      pictures: [
        ExtractedPicture(
          origin: .file, caption: FileNameWords.words(of: source.path),
          inlineBytes: source.contents)
      ])
  }

  /// A recording of speech, or a film, in one of the containers of `SoundFormat`.
  ///
  /// Its text is what is said, which a speech model writes down; `DocumentReader` reads none.
  package static let recording: DocumentType = DocumentType(
    name: "recording", displayName: "recordings", modality: .sound,
    fileExtensions: [
      "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "m4a", "m4b", "aac", "mp4", "m4v",
      "mov", "3gp", "mkv", "mka", "webm", "avi", "wma", "wmv",
    ],
    recognition: .signature(isRecording)
  ) { source throws(DocumentError) in throw .needsTranscription(path: source.path) }

  private static func isRecording(_ bytes: [UInt8]) -> Bool {
    switch SoundFormat(sniffing: bytes) {
    case nil: false
    // A text may begin with "ID3" as well; the tag's version is at most 4.
    case .mp3: !bytes.starts(with: "ID3".utf8) || bytes.count > 3 && bytes[3] < 0x10
    // The pictures HEIC and AVIF have the container of MP4.
    case .mp4:
      !["heic", "heix", "mif1", "msf1", "avif", "avis"]
        .contains { bytes.dropFirst(8).starts(with: $0.utf8) }
    default: true
    }
  }
}

extension DocumentType {
  /// Whether lines of the extracted text mean something to a person: not in office texts, whose lines
  /// change with the window.
  package var hasLines: Bool { ![Self.docx, .odt, .rtf, .doc].contains(self) }
}

extension DocumentType: Hashable {
  package static func == (left: DocumentType, right: DocumentType) -> Bool {
    left.name == right.name
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension DocumentType: CustomStringConvertible {
  package var description: String { name }
}

extension DocumentType {
  /// The type of a stable name, as in `markdown`; nil for a name that is not in ``all``.
  package init?(name: String) {
    guard let type = Self.all.first(where: { $0.name == name }) else { return nil }
    self = type
  }

  /// The type that a file's name suggests, or nil for any other file name extension.
  ///
  /// A hint only: `DocumentReader` looks at the content first.
  /// - Parameter path: a path or file name; extensions match in upper and lower case.
  package init?(fileExtensionOf path: String) {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
      return nil
    }
    let ending = String(decoding: name[name.index(after: dot)...], as: UTF8.self).lowercased()
    guard let type = Self.all.first(where: { $0.fileExtensions.contains(ending) }) else {
      return nil
    }
    self = type
  }

  /// The types in prose, as in `TXT, MD, HTML, DOCX, PDF, pictures and recordings`.
  package static var displayNames: String {
    let words = all.map(\DocumentType.displayName)
    guard let last = words.last, words.count > 1 else { return words.joined() }
    return words.dropLast().joined(separator: ", ") + " and \(last)"
  }
}
