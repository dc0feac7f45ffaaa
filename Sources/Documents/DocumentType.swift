/// The kinds of document whose text can be extracted.
///
/// The raw value is stable: it is stored in the index and accepted by search filters.
package enum DocumentType: String, Sendable, CaseIterable, Hashable {
  /// Plain text in any encoding that `TextEncoding` knows.
  case text
  /// Markdown; its text is the file's own, with marks.
  case markdown
  /// HTML or XHTML.
  case html
  /// Office Open XML word processing (ECMA-376).
  case docx
  /// Portable Document Format with a text layer.
  case pdf

  /// File name endings, in lower case and without the dot, that a folder search takes up.
  package var fileExtensions: [String] {
    switch self {
    case .text: ["txt", "text"]
    case .markdown: ["md", "markdown", "mdown", "mkd"]
    case .html: ["html", "htm", "xhtml"]
    case .docx: ["docx"]
    case .pdf: ["pdf"]
    }
  }

  /// The type that a file's name suggests, or nil for an ending that is not ours.
  ///
  /// A hint only: `DocumentReader` looks at the content first.
  /// - Parameter path: a path or file name; upper case endings count.
  package init?(ending path: String) {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
      return nil
    }
    let ending = String(decoding: name[name.index(after: dot)...], as: UTF8.self).lowercased()
    guard let type = Self.allCases.first(where: { $0.fileExtensions.contains(ending) }) else {
      return nil
    }
    self = type
  }
}
