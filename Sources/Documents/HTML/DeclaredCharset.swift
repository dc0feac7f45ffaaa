/// The encoding that an HTML page or an XML document names.
///
/// Source: HTML Standard, 13.2.3.2 (prescan a byte stream), with the XML declaration, and with the
/// contents of scripts, styles and titles left out: a script that writes `<meta charset>` into
/// another page does not speak for its own.
struct DeclaredCharset {
  /// The standard looks at the first 1,024 bytes, but old pages have scripts before the declaration.
  private static let window = 4_096

  /// The first bytes in lower case; other bytes than ASCII as `?`.
  private let head: [UInt8]
  private var offset = 0

  /// The declared encoding; nil where there is none, or an unknown one.
  static func find(in contents: [UInt8]) -> TextEncoding? {
    var scanner = DeclaredCharset(contents)
    guard let label = scanner.find(), let encoding = TextEncoding(label: label) else { return nil }
    // A page whose ASCII can be read is not in UTF-16 (HTML Standard, same section).
    return encoding == .utf16LittleEndian || encoding == .utf16BigEndian ? .utf8 : encoding
  }

  private init(_ contents: [UInt8]) {
    head = contents.prefix(Self.window).map { byte in
      (0x41...0x5A).contains(byte) ? byte | 0x20 : byte < 0x80 ? byte : UInt8(ascii: "?")
    }
  }

  private mutating func find() -> String? {
    if starts(with: "<?xml"), let end = head.firstIndex(of: UInt8(ascii: ">")) {
      if let name = attributes(in: 5..<end)["encoding"] { return name }
    }
    while let start = head[offset...].firstIndex(of: UInt8(ascii: "<")) {
      offset = start
      if starts(with: "<!--") {
        // `<!-->` is a comment, too.
        offset += 2
        skip(past: "-->")
      } else if let end = tagEnd(from: start) {
        offset = end
        if let name = charset(ofTag: start + 1..<end) { return name }
        if let raw = Self.rawElements.first(where: { isTag($0, at: start + 1) }) {
          skip(past: "</" + raw)
        }
      } else {
        return nil
      }
    }
    return nil
  }

  /// Elements whose contents are not markup.
  private static let rawElements = ["script", "style", "title", "textarea", "noscript"]

  private func charset(ofTag tag: Range<Int>) -> String? {
    guard isTag("meta", at: tag.lowerBound) else { return nil }
    let attributes = attributes(in: tag.lowerBound + 4..<tag.upperBound)
    if let name = attributes["charset"] { return name }
    guard attributes["http-equiv"] == "content-type", let content = attributes["content"] else {
      return nil
    }
    let value = content.utf8.split(separator: UInt8(ascii: ";")).lazy
      .map { String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace } }
      .first { $0.hasPrefix("charset=") }
    return value.map { String($0.dropFirst("charset=".count)) }
  }

  /// The attributes of a tag; values in quotation marks or without.
  private func attributes(in range: Range<Int>) -> [String: String] {
    var found: [String: String] = [:]
    var place = range.lowerBound
    func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == UInt8(ascii: "/") }
    while place < range.upperBound {
      guard !isSpace(head[place]) else {
        place += 1
        continue
      }
      let nameEnd =
        head[place..<range.upperBound].firstIndex { isSpace($0) || $0 == UInt8(ascii: "=") }
        ?? range.upperBound
      let name = String(decoding: head[place..<nameEnd], as: UTF8.self)
      place = head[nameEnd..<range.upperBound].firstIndex { $0 > 0x20 } ?? range.upperBound
      var value = ""
      if place < range.upperBound, head[place] == UInt8(ascii: "=") {
        let start =
          head[(place + 1)..<range.upperBound].firstIndex { $0 > 0x20 } ?? range.upperBound
        (value, place) = self.value(in: start..<range.upperBound)
      }
      if place == nameEnd, value.isEmpty, name.isEmpty { place += 1 }
      if found[name] == nil { found[name] = value }
    }
    return found
  }

  private func value(in range: Range<Int>) -> (String, end: Int) {
    guard let quote = head[range].first else { return ("", range.upperBound) }
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let inner = range.dropFirst()
      let end = head[inner].firstIndex(of: quote) ?? range.upperBound
      return (
        String(decoding: head[inner.lowerBound..<end], as: UTF8.self),
        min(end + 1, range.upperBound)
      )
    }
    let end = head[range].firstIndex { $0 <= 0x20 } ?? range.upperBound
    return (String(decoding: head[range.lowerBound..<end], as: UTF8.self), end)
  }

  /// The offset of the `>` that ends a tag, outside quotation marks.
  private func tagEnd(from start: Int) -> Int? {
    var quote: UInt8?
    for place in head.indices[start...] {
      switch head[place] {
      case UInt8(ascii: ">") where quote == nil: return place
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if quote == nil { quote = head[place] } else if quote == head[place] { quote = nil }
      default: break
      }
    }
    // An apostrophe in text that looks like a tag: the next mark ends it.
    return head[start...].firstIndex(of: UInt8(ascii: ">"))
  }

  private func starts(with mark: String) -> Bool {
    head[offset...].starts(with: mark.utf8)
  }

  private func isTag(_ name: String, at place: Int) -> Bool {
    let rest = head[min(place, head.count)...]
    guard rest.starts(with: name.utf8) else { return false }
    let next = rest.dropFirst(name.utf8.count).first ?? 0x20
    return next <= 0x20 || next == UInt8(ascii: "/") || next == UInt8(ascii: ">")
  }

  /// Goes on after a mark, or at the end where there is none.
  private mutating func skip(past mark: String) {
    while offset < head.count {
      if starts(with: mark) {
        offset += mark.utf8.count
        return
      }
      offset += 1
    }
  }
}
