/// Splits a page into tags and texts (HTML Standard, section 13.2.5).
///
/// Comments are dropped, and of attributes only those of `HTMLAttribute` are kept. Parse errors are
/// repaired as the standard says and not reported.
struct HTMLTokenizer {
  /// The rule by which text is read until the end tag of the open element.
  enum Content {
    case data
    /// `title` and `textarea`: character references are decoded, tags are not recognised.
    case replaceable
    /// `style`, `iframe`, `noscript` and others: nothing is recognised.
    case raw
    /// `script`: as raw text, with the rules for `<!--` in scripts.
    case script
    /// `plaintext`: everything up to the end of the page is text.
    case plain
  }

  let input: [UInt8]
  var position = 0
  /// The line at `position`, from 1.
  var line = 1
  /// The text of the page with references decoded; tokens refer to it.
  var text: [UInt8] = []
  /// The lines of the page that the text comes from, in text order.
  var lineMarks: [HTMLLineMark] = []
  var content = Content.data
  /// The element whose end tag ends `content`.
  var contentName: [UInt8] = []
  /// Whether `<![CDATA[` begins a section: in SVG and MathML only.
  var allowsCDATA = false
  /// The comment or element that reached the end of the page unclosed, with the line of its start
  /// and the offset in `input` at which its content begins.
  var unclosed: (name: String, line: Int, offset: Int)?

  /// - Parameter input: the page in UTF-8, with `\n` line ends.
  init(_ input: [UInt8]) {
    self.input = input
    text.reserveCapacity(input.count / 2)
  }

  /// The next token; `.end` again and again after the last one.
  mutating func next() -> HTMLToken {
    switch content {
    case .data: return nextData()
    case .plain: return rest()
    case .replaceable, .raw, .script:
      let token = rawText()
      content = .data
      return token ?? nextData()
    }
  }

  private mutating func nextData() -> HTMLToken {
    let start = text.count
    let startLine = line
    while position < input.count {
      let byte = input[position]
      if byte == UInt8(ascii: "<") {
        if beginsMarkup(at: position) {
          if text.count > start { break }
          if let token = markup() { return token }
          // A comment was dropped; the text after it is a token of its own.
          if text.count > start { break }
          continue
        }
        put(byte)
        position += 1
      } else if byte == UInt8(ascii: "&") {
        takeReference(inAttribute: false)
      } else {
        takeRun()
      }
    }
    guard text.count > start else { return HTMLToken(kind: .end, line: line) }
    return textToken(from: start, line: startLine)
  }

  /// Copies the bytes up to the next mark.
  private mutating func takeRun() {
    noteLine()
    let start = position
    while position < input.count {
      let byte = input[position]
      if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { break }
      position += 1
      if byte == 0x0A {
        line += 1
        break
      }
    }
    text.append(contentsOf: input[start..<position])
  }

  func textToken(from start: Int, line: Int) -> HTMLToken {
    HTMLToken(
      kind: .text, range: start..<text.count, isBlank: text[start...].allSatisfy(Self.isSpace),
      line: line)
  }

  /// Appends a byte of text.
  mutating func put(_ byte: UInt8) {
    noteLine()
    text.append(byte)
  }

  /// Notes the line of the text that follows.
  mutating func noteLine() {
    if lineMarks.last?.line != line {
      lineMarks.append(HTMLLineMark(offset: text.count, line: line))
    }
  }

  /// Moves forward and counts lines.
  mutating func skip(to offset: Int) {
    while position < offset {
      if input[position] == 0x0A { line += 1 }
      position += 1
    }
  }

  private mutating func rest() -> HTMLToken {
    let start = text.count
    let startLine = line
    while position < input.count { takeRaw(upTo: input.count) }
    guard text.count > start else { return HTMLToken(kind: .end, line: line) }
    return textToken(from: start, line: startLine)
  }

  /// Copies bytes up to the end of the line or to `limit`.
  mutating func takeRaw(upTo limit: Int) {
    noteLine()
    let start = position
    while position < limit {
      position += 1
      if input[position - 1] == 0x0A {
        line += 1
        break
      }
    }
    text.append(contentsOf: input[start..<position])
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0C || byte == 0x0D
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & 0xDF)
  }

  /// The lower case of an ASCII capital; other bytes unchanged.
  static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  /// The byte at an offset; nil after the end.
  func byte(at offset: Int) -> UInt8? {
    offset < input.count ? input[offset] : nil
  }

  /// Whether the input continues with a word in lower case, whatever its own case.
  func matches(_ word: String, at offset: Int) -> Bool {
    let end = offset + word.utf8.count
    return end <= input.count
      && zip(input[offset..<end], word.utf8).allSatisfy { Self.lowercased($0) == $1 }
  }
}

/// A place in the text from which on it comes from a line of the page.
struct HTMLLineMark {
  let offset: Int
  let line: Int
}
