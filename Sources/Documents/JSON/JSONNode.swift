import Bytes

/// A JSON value with its offset in the file, and numbers as they are written.
indirect enum JSONNode {
  /// Text, number or truth value; null and empty text are left out.
  case scalar(String, byteOffset: Int)
  case array([JSONNode], byteOffset: Int)
  case object([(key: String, value: JSONNode)], byteOffset: Int)

  var byteOffset: Int {
    switch self {
    case .scalar(_, let offset), .array(_, let offset), .object(_, let offset): offset
    }
  }

  /// The value on one line: a scalar, or a list of scalars with commas; nil for others.
  var inline: String? {
    switch self {
    case .scalar(let text, _): return TextAssembler.singleLine(text)
    case .array(let elements, _):
      var words: [String] = []
      for element in elements {
        guard case .scalar(let text, _) = element else { return nil }
        words.append(TextAssembler.singleLine(text))
      }
      return words.joined(separator: ", ")
    case .object: return nil
    }
  }
}

/// Reads a JSON text into nodes, with the lexer of `Bytes`.
struct JSONNodeParser {
  private var lexer: JSONLexer
  private let bytes: [UInt8]
  private let baseOffset: Int

  /// Arrays and objects inside each other; data that people write has ten levels.
  static let depthLimit = 256

  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - baseOffset: the offset of the first byte in the file.
  init(_ bytes: [UInt8], baseOffset: Int = 0) {
    lexer = JSONLexer(bytes)
    self.bytes = bytes
    self.baseOffset = baseOffset
  }

  /// The whole text as one value; nil for `null`.
  mutating func parse() throws(JSONError) -> JSONNode? {
    let node = try value(depth: 0)
    lexer.skipWhitespace()
    if lexer.next != nil { throw lexer.unexpected("the end") }
    return node
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONNode? {
    guard depth <= Self.depthLimit else {
      throw .tooDeep(byteOffset: lexer.byteOffset, limit: Self.depthLimit)
    }
    lexer.skipWhitespace()
    let start = baseOffset + lexer.byteOffset
    switch lexer.next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth), byteOffset: start)
    case UInt8(ascii: "["): return .array(try elements(depth: depth), byteOffset: start)
    case UInt8(ascii: "\""):
      let text = try lexer.string()
      return text.allSatisfy(\.isWhitespace) ? nil : .scalar(text, byteOffset: start)
    case UInt8(ascii: "t"):
      try lexer.word("true")
      return .scalar("true", byteOffset: start)
    case UInt8(ascii: "f"):
      try lexer.word("false")
      return .scalar("false", byteOffset: start)
    case UInt8(ascii: "n"):
      try lexer.word("null")
      return nil
    default:
      let from = lexer.byteOffset
      _ = try lexer.number()
      // As it is written: a Float64 would round long numbers.
      let text = String(decoding: bytes[from..<lexer.byteOffset], as: UTF8.self)
      return .scalar(text, byteOffset: start)
    }
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSONNode] {
    try lexer.expect("[")
    var elements: [JSONNode] = []
    if lexer.skip("]") { return elements }
    while true {
      if let element = try value(depth: depth + 1) { elements.append(element) }
      if lexer.skip(",") { continue }
      guard lexer.skip("]") else { throw lexer.unexpected("',' or ']'") }
      return elements
    }
  }

  private mutating func members(
    depth: Int
  ) throws(JSONError) -> [(key: String, value: JSONNode)] {
    try lexer.expect("{")
    var members: [(key: String, value: JSONNode)] = []
    if lexer.skip("}") { return members }
    while true {
      let key = try lexer.string()
      try lexer.expect(":")
      if let value = try value(depth: depth + 1) { members.append((key, value)) }
      if lexer.skip(",") { continue }
      guard lexer.skip("}") else { throw lexer.unexpected("',' or '}'") }
      return members
    }
  }
}
