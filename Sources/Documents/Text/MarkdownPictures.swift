/// Finds the pictures of a Markdown text: `![alt](file "title")`, `![alt][label]` and `<img>`.
///
/// Source: CommonMark 0.31, sections 6.4 (images) and 4.7 (link reference definitions). Code blocks
/// in fences and code spans on one line are skipped.
struct MarkdownPictures {
  private let bytes: [UInt8]
  private var definitions: [String: (address: String, title: String)] = [:]

  /// The most bytes of a label: 999 characters (section 4.7) of 4 bytes.
  private static let labelByteCount = 999 * 4
  /// The limit of nested parentheses of an address, as in cmark; the specification requires three.
  private static let maximumDepth = 32

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The pictures in reading order, each with its alternative text and its title.
  ///
  /// - Complexity: O(text), whatever it contains.
  mutating func find() -> [ShownPicture] {
    let lines = linesOutsideCode()
    for line in lines { readDefinition(line) }
    return lines.flatMap { find(in: $0) }
  }

  private func linesOutsideCode() -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var fence = MarkdownFence()
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = start..<end
      if !fence.takes(bytes[TextLayout.trimmed(line, in: bytes)]) { lines.append(line) }
      start = end + 1
    }
    return lines
  }

  /// `[label]: address "title"`.
  private mutating func readDefinition(_ line: Range<Int>) {
    guard let open = bytes[line].firstIndex(where: { $0 != 0x20 }),
      bytes[open] == UInt8(ascii: "[")
    else { return }
    var marks = MarkdownMarks(bytes, open..<line.upperBound)
    guard let close = marks.closingBracket(of: open), close + 1 < line.upperBound,
      bytes[close + 1] == UInt8(ascii: ":")
    else { return }
    let label = string(open + 1..<close).lowercased()
    guard definitions[label] == nil,
      let target = target(in: close + 2..<line.upperBound, endsWithParenthesis: false)
    else { return }
    definitions[label] = (target.address, target.title)
  }

  private func find(in line: Range<Int>) -> [ShownPicture] {
    var found: [ShownPicture] = []
    var marks = MarkdownMarks(bytes, line)
    // The end of the last element without an address: no element before it has one.
    var unusableEnd = line.lowerBound
    var index = line.lowerBound
    while index < line.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "`"): index = marks.endOfCodeSpan(from: index)
      case UInt8(ascii: "!")
      where index + 1 < line.upperBound && bytes[index + 1] == UInt8(ascii: "["):
        if let (picture, end) = picture(at: index, in: line, &marks) {
          found.append(picture)
          index = end
        } else {
          index += 2
        }
      case UInt8(ascii: "<") where index >= unusableEnd && isElement(at: index, in: line):
        guard let end = marks.angleBracket(after: index) else {
          unusableEnd = line.upperBound
          index += 1
          continue
        }
        if let picture = Self.element(string(index..<end), at: index) {
          found.append(picture)
          index = end
        } else {
          unusableEnd = end
          index += 1
        }
      default: index += 1
      }
    }
    return found
  }

  /// The picture that begins with `![` at `start`, and the offset after it.
  private func picture(
    at start: Int, in line: Range<Int>, _ marks: inout MarkdownMarks
  ) -> (ShownPicture, end: Int)? {
    guard let close = marks.closingBracket(of: start + 1) else { return nil }
    let alternative = start + 2..<close
    let next = close + 1 < line.upperBound ? bytes[close + 1] : 0
    if next == UInt8(ascii: "(") {
      guard let target = target(in: close + 2..<line.upperBound, endsWithParenthesis: true) else {
        return nil
      }
      let picture = ShownPicture(
        address: target.address, captions: [string(alternative), target.title], byteOffset: start)
      return (picture, target.end)
    }
    var label = alternative
    var end = close + 1
    if next == UInt8(ascii: "["), let labelEnd = marks.closingBracket(of: close + 1) {
      if labelEnd > close + 2 { label = close + 2..<labelEnd }
      end = labelEnd + 1
    }
    guard label.count <= Self.labelByteCount,
      let definition = definitions[string(label).lowercased()]
    else { return nil }
    let picture = ShownPicture(
      address: definition.address, captions: [string(alternative), definition.title],
      byteOffset: start)
    return (picture, end)
  }

  /// An address, in angle brackets or without spaces, and a title in quotation marks.
  private func target(
    in range: Range<Int>, endsWithParenthesis: Bool
  ) -> (address: String, title: String, end: Int)? {
    var index = skipSpaces(range.lowerBound, range)
    let address: String
    if index < range.upperBound, bytes[index] == UInt8(ascii: "<") {
      // Another bracket before the end makes it no address (section 6.3), and would make this search
      // quadratic.
      let close = bytes[index + 1..<range.upperBound].firstIndex {
        $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<")
      }
      guard let close, bytes[close] == UInt8(ascii: ">") else { return nil }
      address = string(index + 1..<close)
      index = close + 1
    } else {
      let start = index
      var depth = 0
      while index < range.upperBound, bytes[index] > 0x20 {
        if bytes[index] == UInt8(ascii: "(") {
          depth += 1
          if depth > Self.maximumDepth { return nil }
        }
        if bytes[index] == UInt8(ascii: ")") {
          if depth == 0 && endsWithParenthesis { break }
          depth -= 1
        }
        index += 1
      }
      address = string(start..<index)
    }
    index = skipSpaces(index, range)
    var title = ""
    if index < range.upperBound, bytes[index] == UInt8(ascii: "\"") || bytes[index] == 0x27 {
      guard let close = bytes[(index + 1)..<range.upperBound].firstIndex(of: bytes[index]) else {
        return nil
      }
      title = string(index + 1..<close)
      index = skipSpaces(close + 1, range)
    }
    guard !address.isEmpty else { return nil }
    guard endsWithParenthesis else { return (address, title, index) }
    guard index < range.upperBound, bytes[index] == UInt8(ascii: ")") else { return nil }
    return (address, title, index + 1)
  }

  private func skipSpaces(_ start: Int, _ range: Range<Int>) -> Int {
    bytes[start..<max(start, range.upperBound)].firstIndex { $0 != 0x20 && $0 != 0x09 }
      ?? range.upperBound
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

extension MarkdownPictures {
  /// Whether `<img` is at `start`, in small or capital letters.
  private func isElement(at start: Int, in line: Range<Int>) -> Bool {
    start + 4 <= line.upperBound
      && bytes[start + 1..<start + 4].elementsEqual("img".utf8) { $0 | 0x20 == $1 }
  }

  /// The picture of an `<img src="…" alt="…"` on one line; nil without an address.
  private static func element(_ tag: String, at start: Int) -> ShownPicture? {
    guard let address = attribute("src", of: tag) else { return nil }
    return ShownPicture(
      address: address,
      captions: [attribute("alt", of: tag) ?? "", attribute("title", of: tag) ?? ""],
      byteOffset: start)
  }

  /// The quoted value of an attribute.
  private static func attribute(_ name: String, of tag: String) -> String? {
    for quote in ["\"", "'"] {
      for prefix in [" ", "\t"] {
        let parts = tag.split(separator: "\(prefix)\(name)=\(quote)", maxSplits: 1)
        if parts.count == 2, let end = parts[1].firstIndex(of: Character(quote)) {
          return String(parts[1][..<end])
        }
      }
    }
    return nil
  }
}
