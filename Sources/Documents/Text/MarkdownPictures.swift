/// Finds the pictures of a Markdown text: `![alt](file "title")`, `![alt][label]` and `<img>`.
///
/// Source: CommonMark 0.31, sections 6.4 (images) and 4.7 (link reference definitions). Code blocks
/// in fences and code spans on one line are skipped.
struct MarkdownPictures {
  /// A picture as it is written in the text.
  struct Found: Equatable {
    var alternative: String
    var address: String
    var title: String
    /// The offset of its first byte in the text.
    var byteOffset: Int
  }

  private let bytes: [UInt8]
  private var definitions: [String: (address: String, title: String)] = [:]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The pictures in reading order.
  ///
  /// - Complexity: O(text).
  mutating func find() -> [Found] {
    let lines = linesOutsideCode()
    for line in lines { readDefinition(line) }
    return lines.flatMap { find(in: $0) }
  }

  private func linesOutsideCode() -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var fence: UInt8?
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      defer { start = end + 1 }
      let content = bytes[start..<end].drop { $0 == 0x20 || $0 == 0x09 }
      let first = content.first ?? 0
      let isMark =
        (first == UInt8(ascii: "`") || first == UInt8(ascii: "~"))
        && content.prefix { $0 == first }.count >= 3
      if isMark {
        if fence == nil { fence = first } else if fence == first { fence = nil }
      } else if fence == nil {
        lines.append(start..<end)
      }
    }
    return lines
  }

  /// `[label]: address "title"`.
  private mutating func readDefinition(_ line: Range<Int>) {
    guard let open = bytes[line].firstIndex(where: { $0 != 0x20 }),
      bytes[open] == UInt8(ascii: "["), let close = closingBracket(from: open + 1, in: line),
      close + 1 < line.upperBound, bytes[close + 1] == UInt8(ascii: ":")
    else { return }
    let label = string(open + 1..<close).lowercased()
    guard definitions[label] == nil,
      let target = target(in: close + 2..<line.upperBound, endsWithParenthesis: false)
    else { return }
    definitions[label] = (target.address, target.title)
  }

  private func find(in line: Range<Int>) -> [Found] {
    var found: [Found] = []
    var index = line.lowerBound
    while index < line.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "`"): index = afterCodeSpan(from: index, in: line)
      case UInt8(ascii: "!")
      where index + 1 < line.upperBound && bytes[index + 1] == UInt8(ascii: "["):
        if let (picture, end) = picture(at: index, in: line) {
          found.append(picture)
          index = end
        } else {
          index += 2
        }
      case UInt8(ascii: "<"):
        if let picture = element(at: index, in: line) { found.append(picture) }
        index += 1
      default: index += 1
      }
    }
    return found
  }

  private func afterCodeSpan(from start: Int, in line: Range<Int>) -> Int {
    let ticks = bytes[start..<line.upperBound].prefix { $0 == UInt8(ascii: "`") }.count
    var index = start + ticks
    while index < line.upperBound {
      let run = bytes[index..<line.upperBound].prefix { $0 == UInt8(ascii: "`") }.count
      if run == ticks { return index + run }
      index += max(1, run)
    }
    return start + ticks
  }

  /// The picture that begins with `![` at `start`, and the offset after it.
  private func picture(at start: Int, in line: Range<Int>) -> (Found, end: Int)? {
    guard let close = closingBracket(from: start + 2, in: line) else { return nil }
    let alternative = string(start + 2..<close)
    let next = close + 1 < line.upperBound ? bytes[close + 1] : 0
    if next == UInt8(ascii: "(") {
      guard let target = target(in: close + 2..<line.upperBound, endsWithParenthesis: true) else {
        return nil
      }
      let picture = Found(
        alternative: alternative, address: target.address, title: target.title, byteOffset: start)
      return (picture, target.end)
    }
    var label = alternative
    var end = close + 1
    if next == UInt8(ascii: "["), let labelEnd = closingBracket(from: close + 2, in: line) {
      if labelEnd > close + 2 { label = string(close + 2..<labelEnd) }
      end = labelEnd + 1
    }
    guard let definition = definitions[label.lowercased()] else { return nil }
    let picture = Found(
      alternative: alternative, address: definition.address, title: definition.title,
      byteOffset: start)
    return (picture, end)
  }

  /// The bracket that closes the one before `start`; brackets inside may be nested.
  private func closingBracket(from start: Int, in line: Range<Int>) -> Int? {
    var depth = 1
    var index = start
    while index < line.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return nil
  }

  /// An address, in angle brackets or without spaces, and a title in quotation marks.
  private func target(
    in range: Range<Int>, endsWithParenthesis: Bool
  ) -> (address: String, title: String, end: Int)? {
    var index = skipSpaces(range.lowerBound, range)
    let address: String
    if index < range.upperBound, bytes[index] == UInt8(ascii: "<") {
      guard let close = bytes[index..<range.upperBound].firstIndex(of: UInt8(ascii: ">")) else {
        return nil
      }
      address = string(index + 1..<close)
      index = close + 1
    } else {
      let start = index
      var depth = 0
      while index < range.upperBound, bytes[index] > 0x20 {
        if bytes[index] == UInt8(ascii: "(") { depth += 1 }
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
  /// An `<img src="…" alt="…">` on one line.
  private func element(at start: Int, in line: Range<Int>) -> Found? {
    let rest = string(start..<line.upperBound)
    guard rest.prefix(5).lowercased().hasPrefix("<img"), let end = rest.firstIndex(of: ">") else {
      return nil
    }
    let tag = rest[..<end]
    guard let address = Self.attribute("src", of: tag) else { return nil }
    return Found(
      alternative: Self.attribute("alt", of: tag) ?? "", address: address,
      title: Self.attribute("title", of: tag) ?? "", byteOffset: start)
  }

  /// The quoted value of an attribute.
  private static func attribute(_ name: String, of tag: Substring) -> String? {
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
