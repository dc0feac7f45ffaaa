internal import Bytes

/// Decides how a file is read: by its content, and by its name only if the content does not tell.
enum DocumentSniffer {
  /// The result of looking at a file's first bytes.
  enum Finding: Equatable {
    case document(DocumentType)
    /// A format that is recognised but not read, in words, as in `an Ogg recording`.
    case unsupported(String)
  }

  /// Recognises the content of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: its path, for the file name extension.
  /// - Returns: the first type whose archive or signature matches; else a known format that is not
  ///   read; else the first type whose markup matches; else the type that the name suggests, or
  ///   plain text.
  static func sniff(_ bytes: [UInt8], path: String) -> Finding {
    if OfficeOwnerFile.isName(Paths.name(of: path)), bytes.count <= OfficeOwnerFile.maximumByteCount
    {
      return .unsupported("the mark that Office keeps beside a document while it is open")
    }
    let suggested = DocumentType(fileExtensionOf: path)
    if let type = archiveType(bytes, suggested: suggested) { return .document(type) }
    let isPlainText =
      suggested != .picture && suggested != .recording && PlainText.isPlausible(bytes)
    for type in DocumentType.all {
      guard case .signature(let matches) = type.recognition, matches(bytes) else { continue }
      // Notes about pictures and recordings may begin with the letters of a format.
      if [.picture, .recording].contains(type), isPlainText { continue }
      return .document(type)
    }
    if !isPlainText, let format = knownBinaryFormat(bytes) { return .unsupported(format) }
    // The beginning of a PDF, cut off.
    if suggested == .pdf, bytes.starts(with: "%PDF-".utf8) { return .document(.pdf) }
    for type in DocumentType.all {
      if case .markup(let matches) = type.recognition, matches(bytes, suggested) {
        return .document(type)
      }
    }
    // Content without the signature that its name promises is read as text, except for pictures and
    // recordings: nobody writes text into a .jpg, and an error tells more than its bytes read as
    // words.
    if let suggested, [DocumentType.picture, .recording].contains(suggested) {
      return .document(suggested)
    }
    switch suggested?.recognition {
    case .signature, .archive: return .document(.text)
    default: return .document(suggested ?? .text)
    }
  }

  /// The type of a ZIP archive by its members; of a damaged archive, that of its name, whose reader
  /// says what is wrong.
  private static func archiveType(_ bytes: [UInt8], suggested: DocumentType?) -> DocumentType? {
    guard DOCXPackage.hasSignature(bytes) else { return nil }
    guard let listing = ArchiveListing(bytes) else {
      if case .archive = suggested?.recognition { return suggested }
      return nil
    }
    return DocumentType.all.first {
      if case .archive(let matches) = $0.recognition { matches(listing) } else { false }
    }
  }

  /// Formats that are often found beside documents, by their published signatures.
  ///
  /// Many of these are words in ASCII, such as `GGUF` and `ID3`, so they count only in content that is
  /// not plain text.
  private static func knownBinaryFormat(_ bytes: [UInt8]) -> String? {
    func starts(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count > offset && bytes[offset...].starts(with: magic)
    }
    func starts(_ magic: String, at offset: Int = 0) -> Bool {
      starts(Array(magic.utf8), at: offset)
    }
    if starts([0x89, 0x50, 0x4E, 0x47]) { return "a damaged PNG picture" }
    if starts("GIF8") { return "a damaged GIF picture" }
    if starts([0x38, 0x42, 0x50, 0x53]) { return "a Photoshop picture; save it as PNG" }
    if starts("ftypheic", at: 4) || starts("ftypmif1", at: 4) || starts("ftypavif", at: 4) {
      return "a HEIC or AVIF picture; save it as JPEG or PNG"
    }
    if starts([0x1F, 0x8B]) { return "a gzip archive" }
    if starts([0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "an xz archive" }
    if starts("BZh") { return "a bzip2 archive" }
    if starts([0x37, 0x7A, 0xBC, 0xAF]) { return "a 7-Zip archive" }
    if starts([0x7F, 0x45, 0x4C, 0x46]) { return "a program" }
    if starts("SQLite format 3") { return "an SQLite database" }
    if starts("GGUF") { return "a GGUF model" }
    if starts([0xD0, 0xCF, 0x11, 0xE0]) { return oldOfficeFormat(bytes) }
    return nil
  }

  /// An OLE file that is not a text, a sheet or a presentation.
  private static func oldOfficeFormat(_ bytes: [UInt8]) -> String {
    // Names of streams are equal without regard to case ([MS-CFB] 2.6.4).
    let names = (OLEDirectory(bytes)?.names ?? []).map { $0.lowercased() }
    if names.contains("encryptedpackage") {
      return "an Office file with a password; save a copy without one"
    }
    if names.contains("__properties_version1.0") {
      return "an Outlook message (MSG); save it as EML"
    }
    return "an old Office file of an unknown kind; save it as DOCX, XLSX or PPTX"
  }
}
