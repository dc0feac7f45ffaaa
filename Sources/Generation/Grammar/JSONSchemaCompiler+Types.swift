internal import Bytes

// The grammars of the JSON types.

extension JSONSchemaCompiler {
  /// A value whose type is given by `type` or implied by other keywords.
  mutating func typed(
    _ schema: JSONValue, members: [JSONMember], path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    var types = try self.types(of: schema, path: path)
    if types.isEmpty, schema["properties"] != nil { types = ["object"] }
    if types.isEmpty, schema["items"] != nil { types = ["array"] }
    var keywords: Set<String> = ["type"]
    for type in types {
      switch type {
      case "object": keywords.formUnion(["properties", "required", "additionalProperties"])
      case "array": keywords.formUnion(["items", "minItems", "maxItems"])
      case "string": keywords.formUnion(["minLength", "maxLength"])
      default: break
      }
    }
    try allow(keywords, in: members, path: path)
    guard !types.isEmpty else {
      throw .invalid(path: path, reason: "has no type, enum, const, anyOf or $ref")
    }
    var starts: [Int] = []
    for type in types {
      starts.append(try value(ofType: type, schema: schema, path: path, next: next))
    }
    return starts.count == 1 ? starts[0] : grammar.add(.choice(starts))
  }

  private mutating func value(
    ofType type: String, schema: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    switch type {
    case "object": return try object(schema, path: path, next: next)
    case "array": return try array(schema, path: path, next: next)
    case "string": return try string(schema, path: path, next: next)
    case "integer": return integer(next: next)
    case "number": return number(next: next)
    case "boolean":
      let words = [
        grammar.literal("true".utf8, next: next), grammar.literal("false".utf8, next: next),
      ]
      return grammar.add(.choice(words))
    default: return grammar.literal("null".utf8, next: next)
    }
  }

  /// A count such as `minItems`.
  private func count(
    _ keyword: String, of schema: JSONValue, path: String
  ) throws(JSONSchemaError) -> Int? {
    guard let value = schema[keyword] else { return nil }
    guard let count = value.integerValue, (0...Self.countLimit).contains(count) else {
      throw .invalid(
        path: "\(path).\(keyword)", reason: "expected a whole number from 0 to \(Self.countLimit)")
    }
    return count
  }

  private func range(
    _ minimumKeyword: String, _ maximumKeyword: String, of schema: JSONValue, path: String
  ) throws(JSONSchemaError) -> (minimum: Int, maximum: Int?) {
    let minimum = try count(minimumKeyword, of: schema, path: path) ?? 0
    let maximum = try count(maximumKeyword, of: schema, path: path)
    if let maximum, maximum < minimum {
      throw .invalid(path: path, reason: "\(minimumKeyword) is above \(maximumKeyword)")
    }
    return (minimum, maximum)
  }

  /// An array: `[`, the items, separated by commas, `]`.
  private mutating func array(
    _ schema: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    let (minimum, maximum) = try range("minItems", "maxItems", of: schema, path: path)
    let array = grammar.addRule(nests: true)
    let close = space(next: grammar.literal("]".utf8, next: ByteGrammar.end))
    var content = close
    if maximum != 0 {
      guard let items = schema["items"] else {
        throw .invalid(path: path, reason: "an array needs 'items'")
      }
      let item = grammar.addRule()
      grammar.start(item, at: try value(items, path: path + ".items", next: ByteGrammar.end))
      let another = grammar.addRule()
      let itemCall = grammar.add(.call(rule: item, next: ByteGrammar.end))
      grammar.start(another, at: grammar.literal(",".utf8, next: space(next: itemCall)))
      let rest = grammar.add(
        .loop(
          rule: another, minimum: max(0, minimum - 1), maximum: maximum.map { $0 - 1 },
          next: close))
      let first = space(next: grammar.add(.call(rule: item, next: rest)))
      content = minimum > 0 ? first : grammar.add(.choice([first, close]))
    }
    grammar.start(array, at: grammar.literal("[".utf8, next: content))
    return grammar.add(.call(rule: array, next: next))
  }

  /// A string: `"`, the characters, `"`.
  private mutating func string(
    _ schema: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    let (minimum, maximum) = try range("minLength", "maxLength", of: schema, path: path)
    let close = grammar.literal("\"".utf8, next: next)
    let characters = grammar.add(
      .loop(rule: character(), minimum: minimum, maximum: maximum, next: close))
    return grammar.literal("\"".utf8, next: characters)
  }

  /// The rule of one Unicode scalar of a string, as UTF-8 or as an escape.
  ///
  /// - Source: Unicode 16, table 3-7 (well-formed UTF-8); RFC 8259, section 7. Escaped surrogates are
  ///   not allowed: a scalar above U+FFFF is written as UTF-8.
  private mutating func character() -> Int {
    if let rule = sharedRules["character"] { return rule }
    let tail = ByteSet(0x80...0xBF)
    let forms: [[ByteSet]] = [
      [ByteSet(0x20...0x21, 0x23...0x5B, 0x5D...0x7F)],
      [ByteSet(0xC2...0xDF), tail],
      [ByteSet(0xE0), ByteSet(0xA0...0xBF), tail],
      [ByteSet(0xE1...0xEC, 0xEE...0xEF), tail, tail],
      [ByteSet(0xED), ByteSet(0x80...0x9F), tail],
      [ByteSet(0xF0), ByteSet(0x90...0xBF), tail, tail],
      [ByteSet(0xF1...0xF3), tail, tail, tail],
      [ByteSet(0xF4), ByteSet(0x80...0x8F), tail, tail],
    ]
    let hex = ByteSet(0x30...0x39, 0x41...0x46, 0x61...0x66)
    let backslash = ByteSet(UInt8(ascii: "\\"))
    let letters = "\"\\/bfnrt".utf8.map { ByteSet($0) }
    let unicode = [backslash, ByteSet(UInt8(ascii: "u"))]
    let escapes =
      letters.map { [backslash, $0] } + [
        // U+D800 to U+DFFF are the surrogates.
        unicode + [ByteSet(0x30...0x39, 0x41...0x43, 0x45...0x46, 0x61...0x63, 0x65...0x66)]
          + [hex, hex, hex],
        unicode + [ByteSet(0x44...0x44, 0x64...0x64), ByteSet(0x30...0x37), hex, hex],
      ]
    var starts: [Int] = []
    for form in forms + escapes {
      var node = ByteGrammar.end
      for set in form.reversed() { node = grammar.add(.bytes(set, next: node)) }
      starts.append(node)
    }
    let rule = grammar.addRule()
    grammar.start(rule, at: grammar.add(.choice(starts)))
    sharedRules["character"] = rule
    return rule
  }

  private mutating func digit() -> Int {
    if let rule = sharedRules["digit"] { return rule }
    let rule = grammar.rule(ByteSet(0x30...0x39))
    sharedRules["digit"] = rule
    return rule
  }

  /// An optional sign, then 0 or up to 15 digits, which Float64 represents exactly.
  private mutating func integer(next: Int) -> Int {
    let more = grammar.add(.loop(rule: digit(), minimum: 0, maximum: 14, next: next))
    let digits = grammar.add(
      .choice([
        grammar.literal("0".utf8, next: next),
        grammar.add(.bytes(ByteSet(0x31...0x39), next: more)),
      ]))
    return grammar.add(.choice([digits, grammar.literal("-".utf8, next: digits)]))
  }

  /// An integer, then an optional fraction and an optional exponent.
  private mutating func number(next: Int) -> Int {
    let power = grammar.add(.loop(rule: digit(), minimum: 1, maximum: 2, next: next))
    let sign = grammar.add(.bytes(ByteSet(0x2B...0x2B, 0x2D...0x2D), next: power))
    let exponent = grammar.add(
      .bytes(ByteSet(0x45...0x45, 0x65...0x65), next: grammar.add(.choice([power, sign]))))
    let afterFraction = grammar.add(.choice([next, exponent]))
    let fraction = grammar.add(.loop(rule: digit(), minimum: 1, maximum: 15, next: afterFraction))
    let point = grammar.literal(".".utf8, next: fraction)
    return integer(next: grammar.add(.choice([next, point, exponent])))
  }

  /// Nothing, a space, or a line break and up to 20 spaces.
  mutating func space(next: Int) -> Int {
    let space = sharedRules["space"] ?? grammar.rule(ByteSet(0x20))
    sharedRules["space"] = space
    let indent = grammar.add(.loop(rule: space, minimum: 0, maximum: 20, next: next))
    return grammar.add(
      .choice([
        next, grammar.literal(" ".utf8, next: next), grammar.literal("\n".utf8, next: indent),
      ]))
  }
}
