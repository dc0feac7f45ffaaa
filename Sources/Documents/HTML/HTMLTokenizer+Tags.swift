/// Tags, comments and declarations.
extension HTMLTokenizer {
  /// Whether the `<` at an offset begins a tag, a comment or a declaration.
  func beginsMarkup(at offset: Int) -> Bool {
    guard let next = byte(at: offset + 1) else { return false }
    switch next {
    case UInt8(ascii: "!"), UInt8(ascii: "?"): return true
    case UInt8(ascii: "/"): return offset + 2 < input.count
    default: return Self.isLetter(next)
    }
  }

  /// Reads markup; nil if it gives no token: a comment, `</>`, or a tag that the page's end cuts.
  mutating func markup() -> HTMLToken? {
    let startLine = line
    switch input[position + 1] {
    case UInt8(ascii: "!"): return declaration()
    case UInt8(ascii: "?"): skipBogusComment(from: position + 1)
    case UInt8(ascii: "/"):
      let next = input[position + 2]
      if Self.isLetter(next) { return tag(.endTag, nameAt: position + 2, line: startLine) }
      if next == UInt8(ascii: ">") { position += 3 } else { skipBogusComment(from: position + 2) }
    default: return tag(.startTag, nameAt: position + 1, line: startLine)
    }
    return nil
  }

  private mutating func declaration() -> HTMLToken? {
    if matches("--", at: position + 2) {
      skipComment()
      return nil
    }
    if matches("doctype", at: position + 2) {
      let start = position + 9
      skipBogusComment(from: start)
      return doctype(input[min(start, position)..<position])
    }
    if allowsCDATA, input[(position + 2)...].starts(with: "[CDATA[".utf8) { return section() }
    skipBogusComment(from: position + 2)
    return nil
  }

  /// A document type without the name "html", or one of HTML before 4.01 and XHTML, puts a browser
  /// into quirks mode; the long list of the standard is shortened to these.
  private func doctype(_ bytes: ArraySlice<UInt8>) -> HTMLToken {
    let words = String(decoding: bytes.map(Self.lowercased), as: UTF8.self)
      .split { " \n\t\u{0C}>".contains($0) }
    let known = words.contains { $0.contains("xhtml") } || bytes.isEmpty
    let is401 = words.contains("4.01") || words.contains { $0.contains("4.01//") }
    let isOld = words.contains("public") && !known && !is401
    return HTMLToken(kind: .doctype, isQuirky: words.first != "html" || isOld, line: line)
  }

  private mutating func skipBogusComment(from start: Int) {
    skip(to: start)
    while let byte = byte(at: position), byte != UInt8(ascii: ">") { skip(to: position + 1) }
    position = min(position + 1, input.count)
  }

  private mutating func skipComment() {
    let (startLine, start) = (line, position)
    position += 4
    if byte(at: position) == UInt8(ascii: ">") { return position += 1 }
    if byte(at: position) == UInt8(ascii: "-"), byte(at: position + 1) == UInt8(ascii: ">") {
      return position += 2
    }
    while position < input.count {
      if input[position] == UInt8(ascii: "-"), byte(at: position + 1) == UInt8(ascii: "-") {
        if byte(at: position + 2) == UInt8(ascii: ">") { return position += 3 }
        if byte(at: position + 2) == UInt8(ascii: "!"), byte(at: position + 3) == UInt8(ascii: ">")
        {
          return position += 4
        }
      }
      skip(to: position + 1)
    }
    unclosed = ("comment", startLine, start)
  }

  private mutating func section() -> HTMLToken? {
    position += 9
    let (start, startLine) = (text.count, line)
    var end = position
    while end < input.count, !input[end...].starts(with: "]]>".utf8) { end += 1 }
    while position < end { takeRaw(upTo: end) }
    position = min(end + 3, input.count)
    return text.count > start ? textToken(from: start, line: startLine) : nil
  }

  // MARK: Tags

  private mutating func tag(_ kind: HTMLToken.Kind, nameAt start: Int, line: Int) -> HTMLToken? {
    skip(to: start)
    while let byte = byte(at: position), !Self.endsName(byte) { position += 1 }
    var token = HTMLToken(kind: kind, line: line)
    token.name = lowercasedString(start..<position)
    token.tag = HTMLTag(name: token.name)
    while let byte = byte(at: position) {
      if byte == UInt8(ascii: ">") {
        position += 1
        return token
      }
      if byte == UInt8(ascii: "/") {
        position += 1
        token.isSelfClosing = self.byte(at: position) == UInt8(ascii: ">")
      } else if Self.isSpace(byte) {
        skip(to: position + 1)
      } else {
        attribute(&token.attributes)
      }
    }
    return nil
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || isSpace(byte)
  }

  private func lowercasedString(_ range: Range<Int>) -> String {
    String(decoding: input[range].map(Self.lowercased), as: UTF8.self)
  }

  private mutating func attribute(_ attributes: inout HTMLAttributes) {
    let nameStart = position
    position += 1
    while let byte = byte(at: position), byte != UInt8(ascii: "="), !Self.endsName(byte) {
      position += 1
    }
    let name = nameStart..<position
    var end = position
    while let byte = byte(at: end), Self.isSpace(byte) { end += 1 }
    var value = position..<position
    if byte(at: end) == UInt8(ascii: "=") {
      end += 1
      while let byte = byte(at: end), Self.isSpace(byte) { end += 1 }
      skip(to: end)
      value = attributeValue()
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in input[name] { hash = (hash ^ UInt64(Self.lowercased(byte))) &* 0x100_0000_01B3 }
    for byte in input[value] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    attributes.add(lowercasedString(name), decoded(value), hash: hash)
  }

  private mutating func attributeValue() -> Range<Int> {
    let start = position
    guard let quote = byte(at: position), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    else {
      while let byte = byte(at: position), byte != UInt8(ascii: ">"), !Self.isSpace(byte) {
        position += 1
      }
      return start..<position
    }
    skip(to: position + 1)
    while let byte = byte(at: position), byte != quote { skip(to: position + 1) }
    defer { position = min(position + 1, input.count) }
    return start + 1..<position
  }
}
