// JSON of a model's folder (config.json, tokenizer.json), of requests and of answers, as a tree.
// The header of a safetensors file, which can have 100 MB, is consumed in place by JSONCursor of
// Checkpoints; both read the tokens of JSONLexer.

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

/// Why a text is not JSON, or exceeds what the readers accept.
package enum JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The grammar needs `expected`, and something else is there.
  case unexpected(byteOffset: Int, expected: String, found: String)
  /// Arrays and objects are nested deeper than the limit.
  case tooDeep(byteOffset: Int, limit: Int)
  /// A whole number is 2^64 or more.
  case tooLarge(byteOffset: Int)

  package var description: String {
    switch self {
    case .unexpected(let byteOffset, let expected, let found):
      "JSON at byte \(byteOffset): expected \(expected), found \(found)"
    case .tooDeep(let byteOffset, let limit):
      "JSON at byte \(byteOffset) is nested deeper than \(limit)"
    case .tooLarge(let byteOffset):
      "JSON at byte \(byteOffset): a number does not fit in 64 bits"
    }
  }
}

extension JSONValue {
  /// The deepest nesting of arrays and objects; the reader is recursive.
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
    var parser = JSONParser(lexer: JSONLexer(bytes))
    let value = try parser.value(depth: 0)
    parser.lexer.skipWhitespace()
    if parser.lexer.next != nil { throw parser.lexer.unexpected("the end") }
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

  /// The number where it is whole and fits `Int`, or nil.
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

/// A recursive-descent reader that makes a tree of the lexer's tokens.
private struct JSONParser {
  var lexer: JSONLexer

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    if depth > JSONValue.depthLimit {
      throw .tooDeep(byteOffset: lexer.byteOffset, limit: JSONValue.depthLimit)
    }
    lexer.skipWhitespace()
    switch lexer.next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try lexer.string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try lexer.number())
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    try lexer.word(word)
    return value
  }

  private mutating func members(depth: Int) throws(JSONError) -> [JSONMember] {
    try lexer.expect("{")
    var members: [JSONMember] = []
    if lexer.skip("}") { return members }
    while true {
      let key = try lexer.string()
      try lexer.expect(":")
      members.append(JSONMember(key: key, value: try value(depth: depth + 1)))
      if lexer.skip(",") { continue }
      guard lexer.skip("}") else { throw lexer.unexpected("',' or '}'") }
      return members
    }
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
    try lexer.expect("[")
    var elements: [JSONValue] = []
    if lexer.skip("]") { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      if lexer.skip(",") { continue }
      guard lexer.skip("]") else { throw lexer.unexpected("',' or ']'") }
      return elements
    }
  }
}
