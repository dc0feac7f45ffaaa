internal import Bytes

extension JSONSchemaCompiler {
  /// A property of an object schema.
  private struct Property {
    let key: String
    let isRequired: Bool
    /// The rule of the name, the colon and the value.
    let rule: Int
  }

  /// An object: `{`, the properties in the schema's order, separated by commas, `}`.
  ///
  /// Two chains of nodes run along the properties: in the first one no property has been written, in
  /// the second one the next property needs a comma. Both can skip an optional property.
  mutating func object(
    _ schema: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    let object = grammar.addRule(nests: true)
    let properties = try self.properties(of: schema, path: path)
    let close = space(next: grammar.literal("}".utf8, next: ByteGrammar.end))
    var later = close
    var first = close
    for property in properties.reversed() {
      let call = grammar.add(.call(rule: property.rule, next: later))
      let takenLater = grammar.literal(",".utf8, next: space(next: call))
      let takenFirst = space(next: call)
      first = property.isRequired ? takenFirst : grammar.add(.choice([takenFirst, first]))
      later = property.isRequired ? takenLater : grammar.add(.choice([takenLater, later]))
    }
    grammar.start(object, at: grammar.literal("{".utf8, next: first))
    return grammar.add(.call(rule: object, next: next))
  }

  private mutating func properties(
    of schema: JSONValue, path: String
  ) throws(JSONSchemaError) -> [Property] {
    if let additional = schema["additionalProperties"], additional.boolValue != false {
      throw .invalid(path: path + ".additionalProperties", reason: "only false is supported")
    }
    guard schema["properties"] != nil || schema["additionalProperties"] != nil else {
      throw .invalid(path: path, reason: "an object needs 'properties'")
    }
    guard let members = (schema["properties"] ?? .object([])).members else {
      throw .invalid(path: path + ".properties", reason: "expected an object")
    }
    let required = try requiredKeys(of: schema, among: members, path: path)
    var properties: [Property] = []
    var keys: Set<String> = []
    for member in members {
      guard keys.insert(member.key).inserted else {
        throw .invalid(path: path + ".properties", reason: "'\(member.key)' occurs twice")
      }
      let rule = grammar.addRule()
      let start = try value(
        member.value, path: "\(path).properties.\(member.key)", next: ByteGrammar.end)
      let spaced = grammar.add(.choice([start, grammar.literal(" ".utf8, next: start)]))
      let name = JSONValue.string(member.key).compactText + [UInt8(ascii: ":")]
      grammar.start(rule, at: grammar.literal(name, next: spaced))
      properties.append(
        Property(key: member.key, isRequired: required.contains(member.key), rule: rule))
    }
    return properties
  }

  private func requiredKeys(
    of schema: JSONValue, among members: [JSONMember], path: String
  ) throws(JSONSchemaError) -> Set<String> {
    guard let required = schema["required"] else { return [] }
    guard let names = required.arrayValue else {
      throw .invalid(path: path + ".required", reason: "expected an array of names")
    }
    let known = Set(members.map(\.key))
    var keys: Set<String> = []
    for name in names {
      guard let key = name.stringValue, known.contains(key) else {
        throw .invalid(
          path: path + ".required",
          reason: "names \(String(decoding: name.compactText, as: UTF8.self))"
            + ", which is not among the properties")
      }
      keys.insert(key)
    }
    return keys
  }
}
