/// The content of elements in which tags are not recognised.
extension HTMLTokenizer {
  /// The text up to the end tag of `contentName`, which stays to be read; nil if there is none.
  mutating func rawText() -> HTMLToken? {
    let (start, startLine, startOffset) = (text.count, line, position)
    let end = content == .script ? endOfScript() : endOfRawText()
    if content == .replaceable {
      while position < end {
        if input[position] == UInt8(ascii: "&") {
          takeReference(inAttribute: false)
        } else {
          let limit = input[position..<end].firstIndex(of: UInt8(ascii: "&")) ?? end
          takeRaw(upTo: limit)
        }
      }
    } else {
      while position < end { takeRaw(upTo: end) }
    }
    if end == input.count {
      unclosed = (String(decoding: contentName, as: UTF8.self), startLine, startOffset)
    }
    return text.count > start ? textToken(from: start, line: startLine) : nil
  }

  /// The offset of the appropriate end tag, or the end of the page.
  private func endOfRawText() -> Int {
    var offset = position
    while offset < input.count {
      if input[offset] == UInt8(ascii: "<"), isContentTag(at: offset + 1, isEnd: true) {
        return offset
      }
      offset += 1
    }
    return input.count
  }

  /// Whether `name` or `/name` of the open element is at an offset, followed by a mark that ends it.
  private func isContentTag(at offset: Int, isEnd: Bool) -> Bool {
    var offset = offset
    if isEnd {
      guard byte(at: offset) == UInt8(ascii: "/") else { return false }
      offset += 1
    }
    guard offset + contentName.count < input.count else { return false }
    for (index, byte) in contentName.enumerated()
    where Self.lowercased(input[offset + index]) != byte {
      return false
    }
    let mark = input[offset + contentName.count]
    return mark == UInt8(ascii: ">") || mark == UInt8(ascii: "/") || Self.isSpace(mark)
  }

  /// Scripts were once hidden in comments, so an end tag inside `<!-- <script> … -->` does not
  /// count (sections 13.2.5.15 to 13.2.5.31).
  private func endOfScript() -> Int {
    enum State { case plain, escaped, doublyEscaped }
    var state = State.plain
    // The first byte of the dashes that can be a part of `-->`.
    var dashes = 0
    var offset = position
    while offset < input.count {
      let byte = input[offset]
      if byte == UInt8(ascii: "<") {
        if state == .plain, input[offset...].starts(with: "<!--".utf8) {
          state = .escaped
          dashes = offset + 2
          offset += 4
          continue
        }
        let isEnd = isContentTag(at: offset + 1, isEnd: true)
        if isEnd, state != .doublyEscaped { return offset }
        if isEnd {
          state = .escaped
        } else if state == .escaped, isContentTag(at: offset + 1, isEnd: false) {
          state = .doublyEscaped
        }
      } else if byte == UInt8(ascii: ">"), state != .plain, offset - dashes >= 2,
        input[offset - 1] == UInt8(ascii: "-"), input[offset - 2] == UInt8(ascii: "-")
      {
        state = .plain
      }
      offset += 1
    }
    return input.count
  }
}
