// JSON of a model's directory (config.json, tokenizer.json): a small strict reader into a tree.
// A safetensors header has a reader of its own, JSONCursor of Checkpoints: it can be 100 MB, so it is
// read where it is mapped and into no tree; this one copies and nests, and is for small files.
// Grammar: RFC 8259. It accepts nothing beyond it: no comments, no NaN, no trailing commas.

/// A JSON text as a tree.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// Numbers are Float64, as in JavaScript: whole numbers are exact up to 2^53.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Members in the order of the text. Of two with the same key, look-ups give the last.
  case object([JSONMember])
}

/// One name and its value in a JSON object.
package struct JSONMember: Sendable, Equatable {
  package let key: String
  package let value: JSONValue

  package init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

/// Why a text is not JSON, or is more of it than this reader takes.
package enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Something else stands where the grammar needs `expected`.
  case unexpected(byteOffset: Int, expected: String, found: String)
  /// Arrays and objects lie in each other deeper than the limit.
  case tooDeep(byteOffset: Int, limit: Int)

  package var description: String {
    switch self {
    case .unexpected(let byteOffset, let expected, let found):
      "JSON at byte \(byteOffset): expected \(expected), found \(found)"
    case .tooDeep(let byteOffset, let limit):
      "JSON at byte \(byteOffset) is nested deeper than \(limit)"
    }
  }
}

extension JSONValue {
  /// Arrays and objects may lie in each other this deep; the reader is recursive.
  ///
  /// The files of published models use at most 8.
  package static let depthLimit = 64

  /// Reads one JSON value and nothing after it.
  ///
  /// - Parameter bytes: UTF-8.
  /// - Returns: the tree.
  /// - Throws: `JSONError`, with the byte where the text stops being JSON.
  /// - Complexity: O(bytes) time; a few times their size in memory.
  package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipWhitespace()
    if parser.offset < bytes.count { throw parser.unexpected("the end") }
    return value
  }

  /// The member `key` of an object; nil for other values and where there is none.
  ///
  /// Keys are compared byte by byte, not by canonical equivalence as `String` is.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The text, or nil for other values.
  package var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The truth value, or nil for other values.
  package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number, or nil for other values.
  package var numberValue: Double? { if case .number(let value) = self { value } else { nil } }

  /// The number where it is a whole one that `Int` holds, or nil.
  package var integerValue: Int? { numberValue.flatMap { Int(exactly: $0) } }

  /// The elements, or nil for other values.
  package var arrayValue: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, or nil for other values.
  package var members: [JSONMember]? {
    if case .object(let members) = self { members } else { nil }
  }
}

/// A recursive-descent reader over bytes.
private struct JSONParser {
  let bytes: [UInt8]
  var offset = 0

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  func unexpected(_ expected: String) -> JSONError {
    let found =
      next.map { (0x21...0x7E) ~= $0 ? "'\(Unicode.Scalar($0))'" : "byte \($0)" } ?? "the end"
    return .unexpected(byteOffset: offset, expected: expected, found: found)
  }

  private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    skipWhitespace()
    guard next == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    if depth > JSONValue.depthLimit {
      throw .tooDeep(byteOffset: offset, limit: JSONValue.depthLimit)
    }
    skipWhitespace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let text = "\(word)"
    guard bytes[offset...].starts(with: text.utf8) else { throw unexpected(text) }
    offset += text.utf8.count
    return value
  }

  private mutating func members(depth: Int) throws(JSONError) -> [JSONMember] {
    offset += 1
    var members: [JSONMember] = []
    if skip("}") { return members }
    while true {
      skipWhitespace()
      guard next == UInt8(ascii: "\"") else { throw unexpected("a name") }
      let key = try string()
      guard skip(":") else { throw unexpected("':'") }
      members.append(JSONMember(key: key, value: try value(depth: depth + 1)))
      if skip(",") { continue }
      guard skip("}") else { throw unexpected("',' or '}'") }
      return members
    }
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
    offset += 1
    var elements: [JSONValue] = []
    if skip("]") { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      if skip(",") { continue }
      guard skip("]") else { throw unexpected("',' or ']'") }
      return elements
    }
  }

  private mutating func number() throws(JSONError) -> Double {
    let start = offset
    _ = skipByte("-")
    let wholeStart = offset
    skipDigits()
    let wholeCount = offset - wholeStart
    let hasLeadingZero = wholeCount > 1 && bytes[wholeStart] == UInt8(ascii: "0")
    guard wholeCount > 0, !hasLeadingZero else { throw unexpected("a value") }
    if skipByte(".") { try requireDigits() }
    if skipByte("e") || skipByte("E") {
      if !skipByte("+") { _ = skipByte("-") }
      try requireDigits()
    }
    guard let number = Double(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
      throw unexpected("a number")
    }
    return number
  }

  private mutating func skipByte(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  private mutating func skipDigits() {
    while let byte = next, 0x30...0x39 ~= byte { offset += 1 }
  }

  private mutating func requireDigits() throws(JSONError) {
    let start = offset
    skipDigits()
    if offset == start { throw unexpected("a digit") }
  }

  private mutating func string() throws(JSONError) -> String {
    let start = offset
    offset += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw .unexpected(byteOffset: start, expected: "UTF-8", found: "other bytes")
        }
        return string
      case UInt8(ascii: "\\"):
        offset += 1
        text.append(contentsOf: Array(String(try escape()).utf8))
      case 0..<0x20: throw unexpected("no raw control character in a string")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw unexpected("the end of a string")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw unexpected("an escape") }
    let scalar: Unicode.Scalar
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(byte)
    case UInt8(ascii: "b"): scalar = "\u{8}"
    case UInt8(ascii: "f"): scalar = "\u{C}"
    case UInt8(ascii: "n"): scalar = "\n"
    case UInt8(ascii: "r"): scalar = "\r"
    case UInt8(ascii: "t"): scalar = "\t"
    case UInt8(ascii: "u"):
      offset += 1
      return try unicodeEscape()
    default: throw unexpected("an escape")
    }
    offset += 1
    return scalar
  }

  /// The scalar of `\uXXXX` or of two that form a surrogate pair; half a pair is refused.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard skipByte("\\"), skipByte("u") else { throw unexpected("the rest of a surrogate pair") }
    let second = try fourDigits()
    guard 0xD800...0xDBFF ~= first, 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw unexpected("a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
