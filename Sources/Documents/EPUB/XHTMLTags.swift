/// Prepares XHTML for the HTML parser, for which `<title/>` opens an element that nothing closes.
enum XHTMLTags {
  /// Elements that HTML closes by itself (HTML Standard, 13.1.2, void elements).
  private static let void: Set<String> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
  ]

  /// The page with `<a id="x"/>` written as `<a id="x"></a>`.
  ///
  /// - Complexity: O(bytes).
  static func withEndTags(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 16)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "<") else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let end = tagEnd(in: bytes, from: index)
      let tag = bytes[index..<end]
      index = end
      let name = tag.dropFirst().prefix { isNameByte($0) }
      guard tag.count > 3, tag.suffix(2).elementsEqual("/>".utf8), !name.isEmpty,
        !void.contains(String(decoding: name, as: UTF8.self).lowercased())
      else {
        result.append(contentsOf: tag)
        continue
      }
      result.append(contentsOf: tag.dropLast(2))
      result.append(contentsOf: "></".utf8)
      result.append(contentsOf: name)
      result.append(UInt8(ascii: ">"))
    }
    return result
  }

  /// The offset after a tag or a comment; attribute values may contain `>`.
  private static func tagEnd(in bytes: [UInt8], from start: Int) -> Int {
    let isComment = bytes[start...].starts(with: Array("<!--".utf8))
    var quote: UInt8?
    var index = start + 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isComment {
        if byte == UInt8(ascii: ">"), index - start >= 7,
          bytes[index - 3..<index - 1].elementsEqual("--".utf8)
        {
          return index
        }
      } else if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index
      }
    }
    // Never closed: the rest stays as it is.
    return bytes.count
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x3A).contains(byte) || byte == 0x2D
  }

  /// A page without its document type declaration, which the XML reader refuses.
  static func withoutDoctype(_ bytes: [UInt8]) -> [UInt8] {
    let mark = Array("<!DOCTYPE".utf8)
    let head = bytes.prefix(4_096)
    guard
      let start = head.indices.first(where: {
        head[$0...].prefix(mark.count).elementsEqual(mark)
      })
    else { return bytes }
    // An internal subset may declare entities, which are not expanded then.
    var depth = 0
    for index in start..<bytes.count {
      if bytes[index] == UInt8(ascii: "[") { depth += 1 }
      if bytes[index] == UInt8(ascii: "]") { depth -= 1 }
      if bytes[index] == UInt8(ascii: ">"), depth <= 0 {
        return Array(bytes[..<start] + bytes[(index + 1)...])
      }
    }
    return bytes
  }
}
