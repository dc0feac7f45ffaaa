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
  /// - Returns: the first type whose signature matches; else a known format that is not read; else
  ///   the first type whose markup matches; else the type that the name suggests, or plain text.
  static func sniff(_ bytes: [UInt8], path: String) -> Finding {
    for type in DocumentType.all {
      if case .signature(let matches) = type.recognition, matches(bytes) { return .document(type) }
    }
    if let format = knownBinaryFormat(bytes) { return .unsupported(format) }
    let suggested = DocumentType(fileExtensionOf: path)
    for type in DocumentType.all {
      if case .markup(let matches) = type.recognition, matches(bytes, suggested) {
        return .document(type)
      }
    }
    // Content without the signature that its name promises is read as text, except for pictures:
    // nobody writes text into a .jpg, and an error tells more than its bytes read as words.
    if suggested == .picture { return .document(.picture) }
    if let suggested, case .signature = suggested.recognition { return .document(.text) }
    return .document(suggested ?? .text)
  }

  /// Formats that are often found beside documents, by their published signatures.
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
    if starts("RIFF") && starts("WAVE", at: 8) { return "a WAV recording" }
    if starts("OggS") { return "an Ogg recording" }
    if starts("fLaC") { return "a FLAC recording" }
    if starts("ID3") { return "an MP3 recording" }
    if starts("ftyp", at: 4) { return "an MP4 recording or film" }
    if starts([0x1F, 0x8B]) { return "a gzip archive" }
    if starts([0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return "an xz archive" }
    if starts("BZh") { return "a bzip2 archive" }
    if starts([0x37, 0x7A, 0xBC, 0xAF]) { return "a 7-Zip archive" }
    if starts([0x7F, 0x45, 0x4C, 0x46]) { return "a program" }
    if starts("SQLite format 3") { return "an SQLite database" }
    if starts("GGUF") { return "a GGUF model" }
    if starts("{\\rtf") { return "a Rich Text file; save it as DOCX" }
    if starts([0xD0, 0xCF, 0x11, 0xE0]) {
      return "an old Office or a password-protected file; save it as DOCX without a password"
    }
    return nil
  }
}
