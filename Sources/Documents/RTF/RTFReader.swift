/// Reads Rich Text (RTF 1.9.1): headings, lists, tables and footnotes, in any code page.
///
/// Left out: deleted, hidden and struck text, whose words are counted; headers and footers,
/// comments, pictures.
struct RTFReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Whether a file begins as Rich Text does: `{\rtf1` and another control word or group, or any
  /// text in a file whose name says RTF.
  ///
  /// Notes about the format may begin with the mark alone.
  static func isPresent(_ bytes: [UInt8], suggested: DocumentType?) -> Bool {
    guard hasMark(bytes) else { return false }
    let next = bytes.dropFirst(5).first { !(0x30...0x39).contains($0) }
    return suggested == .rtf || next == UInt8(ascii: "\\") || next == UInt8(ascii: "{")
  }

  private static func hasMark(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "{\\rtf".utf8) }

  /// Reads the text.
  ///
  /// - Returns: the text; that of a file without the mark as it is.
  /// - Throws: `.damaged` for groups that are nested without end, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    guard Self.hasMark(source.contents) else { return try TextReader(source).read(as: .text) }
    var scanner = RTFScanner(source.contents)
    var parser = RTFParser(RTFText(TextAssembler(limits: source.limits)))
    while let token = scanner.next() {
      guard parser.take(token) else {
        throw .damaged(path: source.path, type: .rtf, reason: "its groups are nested too deep")
      }
    }
    parser.finish()
    if parser.isTruncated {
      parser.output.text.warnings.append("the file ends inside a group; its end may be missing")
    }
    return try parser.output.text.document(type: .rtf, path: source.path, title: parser.title)
  }
}

/// The destination to which the text of a group goes.
enum RTFDestination {
  case body, skipped, fonts, styles, info, title, footnote, listText
}

/// Follows groups and formatting, decodes characters, and passes text on.
struct RTFParser {
  /// The properties that a group inherits, and that its end restores.
  private struct State {
    var destination = RTFDestination.body
    /// Characters after `\u` that old readers show in its place.
    var replacementCount = 1
    var font = 0
    var isHidden = false
    var isStruck = false
    var script: OpenScript.Kind?
  }

  var output: RTFText
  private(set) var title: String?

  private var state = State()
  private var stack: [State] = []
  private var codePage = 1_252
  private var fontCodePages: [Int: Int] = [:]
  private var styleText = ""
  private var styleNumber = 0
  private var styleLevel: Int?
  private var pendingBytes: [UInt8] = []
  private var highSurrogate: UInt32?
  private var skipCount = 0
  private var startsGroup = false
  private var isIgnorable = false

  /// Groups inside groups; Word stays below a hundred.
  private static let maximumDepth = 10_000

  init(_ output: RTFText) { self.output = output }

  /// Whether groups are open.
  var isTruncated: Bool { !stack.isEmpty }

  /// Takes one token; false if the groups are nested too deep.
  mutating func take(_ token: RTFScanner.Token) -> Bool {
    switch token {
    case .groupStart:
      flush()
      guard stack.count < Self.maximumDepth else { return false }
      stack.append(state)
      (startsGroup, isIgnorable) = (true, false)
      skipCount = 0
      return true
    case .groupEnd: endGroup()
    case .byte(let byte):
      if skipCount > 0 { skipCount -= 1 } else { pendingBytes.append(byte) }
    case .symbol(let symbol):
      flush()
      take(symbol: symbol)
    case .word(let name, let number):
      if skipCount > 0, name != "u" {
        skipCount -= 1
      } else {
        flush()
        take(word: name, number)
      }
    }
    if token != .symbol(UInt8(ascii: "*")) { (startsGroup, isIgnorable) = (false, false) }
    return true
  }

  mutating func finish() {
    flush()
    output.finish()
  }

  // MARK: Groups

  private mutating func endGroup() {
    flush()
    skipCount = 0
    let ended = state
    state = stack.popLast() ?? State()
    switch (ended.destination, state.destination) {
    case (.styles, _): endStyle()
    case (.title, .info): title = output.takeAside()
    case (.footnote, let outer) where outer != .footnote: output.endNote()
    case (.listText, let outer) where outer != .listText: output.endListText()
    default: break
    }
  }

  /// `{\s1 … heading 1;}`: a style's number, level and name.
  private mutating func endStyle() {
    let name = styleText.lowercased().trimmedOfSpace
    if styleLevel == nil, name.hasPrefix("heading ") {
      styleLevel = Int(name.dropFirst(8).prefix { $0.isNumber }).map { $0 - 1 }
    }
    if name.hasPrefix("title") { styleLevel = 0 }
    if let level = styleLevel, (0...8).contains(level) { output.styleLevels[styleNumber] = level }
    (styleText, styleNumber, styleLevel) = ("", 0, nil)
  }

  // MARK: Control words

  private mutating func take(symbol: UInt8) {
    switch symbol {
    case UInt8(ascii: "*") where startsGroup: isIgnorable = true
    case UInt8(ascii: "~"): put(" ")
    case UInt8(ascii: "_"): put("\u{2011}")
    default: break
    }
  }

  private mutating func take(word name: String, _ number: Int?) {
    if let destination = Self.destinations[name] {
      state.destination = state.destination == .skipped ? .skipped : destination
      if state.destination == .footnote { output.beginNote() }
      return
    }
    if isIgnorable { return state.destination = .skipped }
    if let text = Self.characters[name] { return put(text) }
    switch name {
    case "ansicpg": codePage = number ?? codePage
    case "mac": codePage = 10_000
    case "pc": codePage = 437
    case "pca": codePage = 850
    case "uc": state.replacementCount = min(max(0, number ?? 1), 100)
    case "u": take(unicode: number ?? 0xFFFD)
    case "f": state.font = number ?? 0
    case "fcharset": setFontCodePage(Self.codePages[number ?? 0])
    case "cpg": setFontCodePage(number)
    case "v", "deleted", "htmlrtf": state.isHidden = number != 0
    case "strike", "striked": state.isStruck = number != 0
    case "super": state.script = number == 0 ? nil : .superscript
    case "sub": state.script = number == 0 ? nil : .subscript_
    case "nosupersub": state.script = nil
    case "plain": (state.isHidden, state.isStruck, state.script) = (false, false, nil)
    default: takeParagraph(word: name, number)
    }
  }

  private mutating func takeParagraph(word name: String, _ number: Int?) {
    if state.destination == .styles {
      if name == "s" { styleNumber = number ?? 0 }
      if name == "outlinelevel" { styleLevel = number }
      return
    }
    guard state.destination == .body || state.destination == .footnote else { return }
    switch name {
    case "par", "sect", "page":
      if state.destination == .footnote { put(" ") } else { output.endParagraph() }
    case "line", "softline", "column": put(" ")
    case "pard": output.resetParagraph()
    case "s": output.style = number ?? 0
    case "outlinelevel": output.outlineLevel = number
    case "intbl": output.isInTable = true
    case "ls": output.isItem = true
    case "ilvl": output.itemLevel = number ?? 0
    case "trowd": output.beginRow()
    case "trhdr": output.isHeaderRow = true
    case "cell": output.endCell()
    case "nestcell": put(" ")
    case "row": output.endRow()
    default: break
    }
  }

  private mutating func setFontCodePage(_ page: Int?) {
    if state.destination == .fonts, let page { fontCodePages[state.font] = page }
  }

  // MARK: Characters

  private mutating func take(unicode number: Int) {
    skipCount = state.replacementCount
    // Numbers are signed 16-bit; code points beyond are written as two surrogates.
    let value = UInt32(truncatingIfNeeded: number < 0 ? number + 65_536 : number)
    if (0xD800...0xDBFF).contains(value) {
      highSurrogate = value
      return
    }
    if let high = highSurrogate, (0xDC00...0xDFFF).contains(value) {
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (value - 0xDC00))
      put(String(scalar ?? "\u{FFFD}"))
    } else {
      // Symbol fonts are in the private use area; their bullets and arrows are not text.
      if !(0xF000...0xF0FF).contains(value) { put(String(Unicode.Scalar(value) ?? "\u{FFFD}")) }
    }
    highSurrogate = nil
  }

  /// Decodes the bytes so far in the code page of the font.
  private mutating func flush() {
    guard !pendingBytes.isEmpty else { return }
    defer { pendingBytes.removeAll(keepingCapacity: true) }
    if pendingBytes.allSatisfy({ $0 < 0x80 }) {
      return put(String(decoding: pendingBytes, as: UTF8.self))
    }
    let page = fontCodePages[state.font] ?? codePage
    guard page != Self.symbolPage else { return }
    let name = page == 10_000 ? "MACINTOSH" : page == 65_001 ? "UTF-8" : "CP\(page)"
    put(
      CharsetDecoder.decode(pendingBytes, charset: name)
        ?? CharsetDecoder.decode(pendingBytes, charset: "windows-1252") ?? "")
  }

  private mutating func put(_ text: String) {
    if state.isHidden || state.isStruck, [.body, .footnote].contains(state.destination) {
      return output.text.leftOut.add(text, state.isHidden ? .hidden : .struckOut)
    }
    switch state.destination {
    case .body: output.append(text, as: state.script)
    case .footnote: output.appendNote(text)
    case .listText, .title: output.appendAside(text)
    case .styles: styleText += text.filter { $0 != ";" }
    case .skipped, .fonts, .info: break
    }
  }

  /// Words that begin a group whose text is not body text.
  private static let destinations: [String: RTFDestination] = {
    var found: [String: RTFDestination] = [
      "fonttbl": .fonts, "stylesheet": .styles, "info": .info, "title": .title,
      "footnote": .footnote, "listtext": .listText, "pntext": .listText,
    ]
    for name in [
      "colortbl", "pict", "header", "headerl", "headerr", "headerf", "footer", "footerl",
      "footerr", "footerf", "annotation", "atnid", "atnauthor", "author", "operator", "keywords",
      "comment", "doccomm", "subject", "company", "manager", "category", "creatim", "revtim",
      "printim", "buptim", "fldinst", "object", "sp", "bkmkstart", "bkmkend", "xe", "tc", "rxe",
      "listtable", "listoverridetable", "themedata", "datastore", "nonshppict", "htmltag",
      "generator", "filetbl", "revtbl", "rsidtbl", "pnseclvl", "ftnsep", "ftnsepc", "aftnsep",
    ] { found[name] = .skipped }
    // These groups are marked as ignorable, and their text is shown.
    for name in ["shpinst", "shptxt", "shprslt", "ud"] { found[name] = .body }
    return found
  }()

  private static let characters: [String: String] = [
    "tab": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
  ]

  /// The code page of bullets and arrows, which are not letters.
  private static let symbolPage = 42

  /// Code pages by `\fcharset`.
  private static let codePages: [Int: Int] = [
    0: 1_252, 2: symbolPage, 77: 10_000, 128: 932, 129: 949, 130: 1_361, 134: 936, 136: 950,
    161: 1_253, 162: 1_254, 163: 1_258, 177: 1_255, 178: 1_256, 186: 1_257, 204: 1_251,
    222: 874, 238: 1_250, 254: 437, 255: 850,
  ]
}
