/// Reads source code: the file's own text, in which declarations are headings, so that a function
/// stays together with its comment and citations name it.
struct SourceCodeReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads the text; line numbers are those of the file.
  ///
  /// - Throws: `.binary`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    let decoded = try SourceText(source)
    let headings = SourceLanguage(path: source.path).map {
      SourceDeclarations(decoded.bytes, language: $0).headings
    }
    return decoded.document(type: .sourceCode, title: nil, headings: headings ?? [])
  }
}

/// The declarations of a source file, by the first words of its lines.
///
/// A heuristic over lines, not a parser: a missed declaration only makes a chunk begin at a worse
/// place. The level is the depth of indentation, so a method is below its class.
struct SourceDeclarations {
  private(set) var headings: [Heading] = []

  private let bytes: [UInt8]
  private let language: SourceLanguage
  private var indentations: [Int] = []

  /// Words before a declaring word: visibility, linkage and the like.
  private static let modifiers: Set<String> = [
    "public", "private", "protected", "internal", "package", "fileprivate", "open", "static",
    "final", "abstract", "override", "virtual", "async", "export", "default", "pub", "unsafe",
    "extern", "const", "inline", "mutating", "nonmutating", "nonisolated", "indirect", "sealed",
    "partial", "data", "case", "companion", "suspend", "declare", "local", "convenience",
    "required", "class", "typedef", "pure", "elemental", "recursive", "or", "replace", "table",
  ]

  /// Words before a parenthesis that do not declare a function.
  private static let controlWords: Set<String> = [
    "if", "for", "while", "switch", "catch", "return", "else", "do", "try", "with", "using",
    "lock", "foreach", "elif", "until", "case", "when", "match", "guard", "new", "throw", "await",
    "sizeof", "typeof", "assert", "defined", "super", "this", "and", "or", "not", "in",
  ]

  /// Longest declaration line that becomes a title.
  private static let maximumByteCount = 240

  init(_ bytes: [UInt8], language: SourceLanguage) {
    self.bytes = bytes
    self.language = language
    scan()
  }

  private mutating func scan() {
    var lineStart = 0
    var commentStart: Int?
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: 0x0A) ?? bytes.count
      let content = TextLayout.trimmed(lineStart..<lineEnd, in: bytes)
      defer { lineStart = lineEnd + 1 }
      if content.isEmpty {
        commentStart = nil
      } else if isComment(content) {
        commentStart = commentStart ?? content.lowerBound
      } else {
        if content.count <= Self.maximumByteCount, let title = title(of: content) {
          append(
            title, from: commentStart ?? content.lowerBound, to: content.upperBound,
            indentation: indentation(from: lineStart, to: content.lowerBound))
        }
        commentStart = nil
      }
    }
  }

  private mutating func append(_ title: String, from start: Int, to end: Int, indentation: Int) {
    indentations.removeAll { $0 >= indentation }
    indentations.append(indentation)
    headings.append(
      Heading(level: min(indentations.count, 6), title: title, byteRange: start..<end))
  }

  /// Columns before the first character; a tab counts as four.
  private func indentation(from start: Int, to end: Int) -> Int {
    bytes[start..<end].reduce(0) { $0 + ($1 == 0x09 ? 4 : 1) }
  }

  private func isComment(_ content: Range<Int>) -> Bool {
    let line = bytes[content]
    return language.commentMarks.contains { line.starts(with: $0.utf8) }
      // `@property` and `#[test]` have lines of their own; `@objc func` is a declaration.
      && !(line.first == UInt8(ascii: "@") && declares(Self.words(line)))
  }

  /// The declaration in a line without its opening brace; nil for any other line.
  private func title(of content: Range<Int>) -> String? {
    let line = bytes[content]
    let words = Self.words(line)
    guard declares(words) || declaresBareFunction(content, words) || declaresArrow(line, words)
    else { return nil }
    var end = line.endIndex
    while end > line.startIndex, "{:( \t".utf8.contains(line[end - 1]) { end -= 1 }
    let title = TextAssembler.singleLine(String(decoding: line[..<end], as: UTF8.self))
    return title.isEmpty ? nil : title
  }

  private func declares(_ words: [String]) -> Bool {
    var index = 0
    while index < words.count - 1, index < 6 {
      // A word that is both, such as "class" in "class func", declares if a name follows.
      if language.declarationWords.contains(words[index]) { return true }
      guard Self.modifiers.contains(words[index]) || words[index].hasPrefix("@") else { break }
      index += 1
    }
    return words.last.map { ["init", "deinit", "subscript"].contains($0) } == true
      && words.count == index + 1 && language.declarationWords.contains("init")
  }

  /// `const area = (box) => {` of JavaScript.
  private func declaresArrow(_ line: ArraySlice<UInt8>, _ words: [String]) -> Bool {
    guard language.fileExtensions.contains("js"), line.last == UInt8(ascii: "{"),
      words.prefix(3).contains(where: { $0 == "const" || $0 == "let" || $0 == "var" })
    else { return false }
    let text = String(decoding: line, as: UTF8.self)
    return text.contains("=>") || text.contains("= function") || text.contains("= async function")
  }

  /// `int area(struct box b) {`: a name before the first parenthesis, and a block.
  private func declaresBareFunction(_ content: Range<Int>, _ words: [String]) -> Bool {
    guard language.hasBareFunctions, let first = words.first, !Self.controlWords.contains(first),
      let open = bytes[content].firstIndex(of: UInt8(ascii: "(")), open > content.lowerBound,
      bytes[content].first != UInt8(ascii: "#"), bytes[content].first != UInt8(ascii: "}")
    else { return false }
    let before = bytes[content.lowerBound..<open]
    guard !before.contains(where: { "=.;\"'+|&?".utf8.contains($0) }),
      Self.isNameByte(bytes[open - 1]),
      !Self.controlWords.contains(Self.words(before).last ?? "")
    else { return false }
    let last = bytes[content.upperBound - 1]
    if last == UInt8(ascii: "{") { return true }
    // The brace is on the next line.
    guard last == UInt8(ascii: ")") else { return false }
    let next = bytes[content.upperBound...].first { !TextLayout.isSpace($0) }
    return next == UInt8(ascii: "{")
  }

  /// The first words of a line in lower case, split at white space; a parenthesis ends the last one.
  private static func words(_ line: ArraySlice<UInt8>) -> [String] {
    var words: [String] = []
    for part in line.prefix(120).split(whereSeparator: TextLayout.isSpace).prefix(8) {
      let name = part.prefix {
        ($0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "<")) || $0 == part.first
      }
      words.append(String(decoding: name, as: UTF8.self).lowercased())
      // `pub(crate) fn` goes on after the parenthesis, and `impl<T> Boat` after the angle bracket.
      if part.dropFirst(name.count).first == UInt8(ascii: "("), words.last != "pub" { break }
    }
    return words
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
      || byte >= 0x80
  }
}
