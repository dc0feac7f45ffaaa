/// Recognises HTML by the tags at its start.
enum HTMLMarkup {
  /// Number of bytes in which the first tag is looked for: what browsers read before they guess
  /// (WHATWG MIME Sniffing, resource header of 1,445 bytes).
  static let window = 1_445

  /// Whether a text starts as an HTML page does.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - suggested: the type that the file's name suggests.
  /// - Returns: true if it starts with a tag of HTML, after white space and comments.
  static func isPresent(_ bytes: [UInt8], suggested: DocumentType?) -> Bool {
    let start = visibleStart(bytes)
    // A Markdown file may well begin with a tag such as <p align="center">, but not with a doctype.
    let tags = suggested == .markdown ? documentTags : documentTags + contentTags
    return tags.contains { start.hasPrefix($0) }
      || (start.hasPrefix("<?xml") && start.contains("<html"))
  }

  private static let documentTags = ["<!doctype html", "<html"]
  private static let contentTags = [
    "<head", "<body", "<title", "<meta", "<h1", "<div", "<p>", "<p ", "<table", "<article",
    "<main", "<section", "<script", "<style",
  ]

  /// The first visible characters in lower case ASCII, after byte order mark, white space, zero
  /// bytes (UTF-16) and HTML comments.
  private static func visibleStart(_ bytes: [UInt8]) -> String {
    let printable = bytes.prefix(window).filter { (0x20..<0x7F).contains($0) || $0 == 0x0A }
    var text = Substring(String(decoding: printable, as: UTF8.self).lowercased())
    while true {
      text = text.drop { $0 == " " || $0 == "\n" }
      guard text.hasPrefix("<!--"), let end = firstRange(of: "-->", in: text) else {
        return String(text)
      }
      text = text[end...]
    }
  }

  /// The index after the first occurrence of `mark`; nil if there is none.
  private static func firstRange(of mark: String, in text: Substring) -> Substring.Index? {
    var rest = text
    while !rest.isEmpty {
      if rest.hasPrefix(mark) { return rest.index(rest.startIndex, offsetBy: mark.count) }
      rest = rest.dropFirst()
    }
    return nil
  }
}
