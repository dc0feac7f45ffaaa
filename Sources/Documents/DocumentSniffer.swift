/// Decides by content, and only then by the ending, how a file is read.
enum DocumentSniffer {
  /// What the content turned out to be.
  enum Finding: Equatable {
    case document(DocumentType)
    /// A ZIP archive: DOCX if it has the main part, which only the archive's directory tells.
    case zipArchive
    /// A format that is recognised and not read.
    case unsupported(String)
  }

  /// Bytes in which `%PDF-` may begin: what Acrobat accepts (PDF Reference 1.7, appendix H,
  /// implementation note 13).
  static let pdfHeaderWindow = 1_024

  /// Bytes in which the first HTML tag is looked for: what browsers read before they guess
  /// (WHATWG MIME Sniffing, resource header of 1,445 bytes).
  static let htmlWindow = 1_445

  static func sniff(_ bytes: [UInt8], path: String) -> Finding {
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06])
    {
      return .zipArchive
    }
    if contains(bytes.prefix(pdfHeaderWindow), "%PDF-") { return .document(.pdf) }
    if let format = knownBinaryFormat(bytes) { return .unsupported(format) }

    let byEnding = DocumentType(ending: path)
    let start = visibleStart(bytes)
    // A Markdown file may well begin with a tag such as <p align="center">, but not with a doctype.
    let tags = byEnding == .markdown ? documentTags : documentTags + contentTags
    if tags.contains(where: { start.hasPrefix($0) }) { return .document(.html) }
    if start.hasPrefix("<?xml") && start.contains("<html") { return .document(.html) }
    switch byEnding {
    case .markdown: return .document(.markdown)
    case .html: return .document(.html)
    default: return .document(.text)
    }
  }

  private static let documentTags = ["<!doctype html", "<html"]
  private static let contentTags = [
    "<head", "<body", "<title", "<meta", "<h1", "<div", "<p>", "<p ", "<table", "<article",
    "<main", "<section", "<script", "<style",
  ]

  /// The first visible characters in lower case ASCII, after byte order mark, white space, zero
  /// bytes (UTF-16) and HTML comments.
  private static func visibleStart(_ bytes: [UInt8]) -> String {
    let printable = bytes.prefix(htmlWindow).filter { (0x20..<0x7F).contains($0) || $0 == 0x0A }
    var text = Substring(String(decoding: printable, as: UTF8.self).lowercased())
    while true {
      text = text.drop { $0 == " " || $0 == "\n" }
      guard text.hasPrefix("<!--"), let end = firstRange(of: "-->", in: text) else {
        return String(text)
      }
      text = text[end...]
    }
  }

  /// The index after the first occurrence of `mark`.
  private static func firstRange(of mark: String, in text: Substring) -> Substring.Index? {
    var rest = text
    while !rest.isEmpty {
      if rest.hasPrefix(mark) { return rest.index(rest.startIndex, offsetBy: mark.count) }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static func contains(_ bytes: ArraySlice<UInt8>, _ mark: String) -> Bool {
    let wanted = Array(mark.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (bytes.startIndex...bytes.endIndex - wanted.count).contains {
      bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
    }
  }

  /// Formats that people put beside their documents, by their published signatures.
  private static func knownBinaryFormat(_ bytes: [UInt8]) -> String? {
    func starts(_ magic: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count > offset && bytes[offset...].starts(with: magic)
    }
    func starts(_ magic: String, at offset: Int = 0) -> Bool {
      starts(Array(magic.utf8), at: offset)
    }
    if starts([0x89, 0x50, 0x4E, 0x47]) { return "a PNG picture" }
    if starts([0xFF, 0xD8, 0xFF]) { return "a JPEG picture" }
    if starts("GIF8") { return "a GIF picture" }
    if starts("RIFF") && starts("WEBP", at: 8) { return "a WebP picture" }
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
