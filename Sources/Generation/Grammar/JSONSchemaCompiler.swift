package import Bytes

/// Compiles a JSON schema into a grammar of the JSON texts that satisfy it.
///
/// The supported subset: `type` (one or a list), `enum`, `const`, `anyOf`, `$ref` to `$defs`,
/// `definitions` or `#`; objects with `properties`, `required` and `additionalProperties: false`;
/// arrays with `items`, `minItems`, `maxItems`; strings with `minLength`, `maxLength`. Titles,
/// descriptions and other annotations are ignored. Any other keyword is an error, because ignoring it
/// would produce texts that violate the schema.
///
/// The texts are a subset of those that the schema allows: properties are in the schema's order and no
/// others are added; a number has at most 15 digits before and 15 after its point and at most two
/// digits of exponent; white space between tokens is at most one line break and 20 spaces. Every number
/// is therefore finite and every generation ends.
///
/// - Source: JSON Schema 2020-12; RFC 8259.
package struct JSONSchemaCompiler {
  /// Largest nesting depth of objects and arrays, which is not above the limit of `JSONValue`.
  package static let depthLimit = 32
  /// Largest number of nodes; grammars of published schemas have at most thousands.
  static let nodeLimit = 1 << 20
  /// Longest chain of references to references; in published schemas it has a few links.
  static let referenceDepthLimit = 64
  /// Largest accepted count (`minItems`, `maxLength`, …).
  static let countLimit = 1 << 24

  /// The keywords that constrain the text.
  static let supportedKeywords = [
    "type", "enum", "const", "anyOf", "$ref", "$defs", "properties", "required",
    "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength",
  ]
  /// The keywords that do not constrain the text.
  static let annotations: Set<String> = [
    "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default",
    "examples", "deprecated", "readOnly", "writeOnly",
  ]

  let schema: JSONValue
  var grammar = ByteGrammar()
  /// Rules of `$ref` targets by reference.
  private var referenced: [String: Int] = [:]
  /// References whose targets are being compiled.
  private var referenceDepth = 0
  /// Rules that several values share, created at first use.
  var sharedRules: [String: Int] = [:]

  /// Compiles a schema.
  ///
  /// - Parameter text: the schema, JSON in UTF-8.
  /// - Returns: the grammar of its texts, without left recursion.
  /// - Throws: `JSONSchemaError`.
  package static func compile(_ text: [UInt8]) throws(JSONSchemaError) -> ByteGrammar {
    try compile(schema(text))
  }

  /// Parses a schema.
  ///
  /// - Parameter text: the schema, JSON in UTF-8.
  /// - Returns: the JSON value.
  /// - Throws: `JSONSchemaError.notJSON`.
  package static func schema(_ text: [UInt8]) throws(JSONSchemaError) -> JSONValue {
    do throws(JSONError) { return try JSONValue.parse(text) } catch {
      throw .notJSON(.init(description: "\(error)"))
    }
  }

  /// Compiles a parsed schema.
  package static func compile(_ schema: JSONValue) throws(JSONSchemaError) -> ByteGrammar {
    var compiler = JSONSchemaCompiler(schema: schema)
    let root = compiler.grammar.addRule()
    compiler.referenced["#"] = root
    let start = try compiler.value(schema, path: "$", next: ByteGrammar.end)
    compiler.grammar.start(root, at: start)
    if compiler.grammar.isLeftRecursive { throw .endlessReference }
    if compiler.grammar.requiredDepths()[start] > depthLimit {
      throw .unsatisfiable(depthLimit: depthLimit)
    }
    return compiler.grammar
  }

  private init(schema: JSONValue) {
    self.schema = schema
  }

  /// Adds the nodes of a value of `schema` that is followed by `next`, and returns the first one.
  mutating func value(
    _ schema: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    if grammar.nodes.count > Self.nodeLimit { throw .tooLarge(nodeLimit: Self.nodeLimit) }
    guard let members = schema.members else {
      throw .invalid(path: path, reason: "a schema must be an object")
    }
    if let reference = schema["$ref"] {
      try allow(["$ref"], in: members, path: path)
      return try self.reference(reference, path: path + ".$ref", next: next)
    }
    if let alternatives = schema["anyOf"] {
      try allow(["anyOf"], in: members, path: path)
      return try anyOf(alternatives, path: path + ".anyOf", next: next)
    }
    if let constant = schema["const"] {
      try allow(["const", "type"], in: members, path: path)
      return try literals([constant], schema: schema, path: path, next: next)
    }
    if let values = schema["enum"] {
      try allow(["enum", "type"], in: members, path: path)
      guard let values = values.arrayValue, !values.isEmpty else {
        throw .invalid(path: path + ".enum", reason: "expected an array of at least one value")
      }
      return try literals(values, schema: schema, path: path, next: next)
    }
    return try typed(schema, members: members, path: path, next: next)
  }

  /// Throws if a member is neither an annotation nor one of `keywords`.
  func allow(
    _ keywords: Set<String>, in members: [JSONMember], path: String
  ) throws(JSONSchemaError) {
    for member in members
    where !keywords.contains(member.key) && !Self.annotations.contains(member.key) {
      guard Self.supportedKeywords.contains(member.key) else {
        throw .unsupportedKeyword(member.key, path: path)
      }
      throw .invalid(
        path: path,
        reason: "'\(member.key)' cannot be combined with "
          + keywords.filter { key in members.contains { $0.key == key } }.sorted()
          .map { "'\($0)'" }.joined(separator: " and "))
    }
  }

  /// A call of the rule of a `$ref` target, which is compiled at first use.
  private mutating func reference(
    _ reference: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    guard let text = reference.stringValue else {
      throw .invalid(path: path, reason: "expected a string")
    }
    if let rule = referenced[text] { return grammar.add(.call(rule: rule, next: next)) }
    guard let target = resolve(text) else { throw .unresolvedReference(text, path: path) }
    guard referenceDepth < Self.referenceDepthLimit else {
      throw .tooManyReferences(limit: Self.referenceDepthLimit, path: path)
    }
    referenceDepth += 1
    defer { referenceDepth -= 1 }
    let rule = grammar.addRule()
    referenced[text] = rule
    let targetPath = "$" + text.dropFirst().replacing("/", with: ".")
    grammar.start(rule, at: try value(target, path: targetPath, next: ByteGrammar.end))
    return grammar.add(.call(rule: rule, next: next))
  }

  /// The schema at a JSON pointer (RFC 6901) into this document, or nil.
  private func resolve(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#/") else { return nil }
    var target = schema
    for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
      let key = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
      if let member = target[key] {
        target = member
      } else if let index = Int(key), let elements = target.arrayValue,
        elements.indices.contains(index)
      {
        target = elements[index]
      } else {
        return nil
      }
    }
    return target
  }

  private mutating func anyOf(
    _ alternatives: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    guard let alternatives = alternatives.arrayValue, !alternatives.isEmpty else {
      throw .invalid(path: path, reason: "expected an array of at least one schema")
    }
    var starts: [Int] = []
    for (index, alternative) in alternatives.enumerated() {
      starts.append(try value(alternative, path: "\(path)[\(index)]", next: next))
    }
    return grammar.add(.choice(starts))
  }

  /// One of several fixed values, except those that the schema's `type` excludes.
  private mutating func literals(
    _ values: [JSONValue], schema: JSONValue, path: String, next: Int
  ) throws(JSONSchemaError) -> Int {
    let types = try self.types(of: schema, path: path)
    let allowed = values.filter { value in
      types.isEmpty || types.contains { Self.isValue(value, of: $0) }
    }
    guard !allowed.isEmpty else {
      throw .invalid(path: path, reason: "none of its values has its type")
    }
    var starts: [Int] = []
    for value in allowed { starts.append(grammar.literal(value.compactText, next: next)) }
    return grammar.add(.choice(starts))
  }

  /// The names in `type`; empty without that keyword.
  func types(of schema: JSONValue, path: String) throws(JSONSchemaError) -> [String] {
    guard let type = schema["type"] else { return [] }
    let names = type.arrayValue?.map(\.stringValue) ?? [type.stringValue]
    let known: Set<String> = ["object", "array", "string", "integer", "number", "boolean", "null"]
    var result: [String] = []
    for name in names {
      guard let name, known.contains(name) else {
        throw .invalid(
          path: path + ".type", reason: "expected " + known.sorted().joined(separator: ", "))
      }
      result.append(name)
    }
    return result
  }

  private static func isValue(_ value: JSONValue, of type: String) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"),
      (.object, "object"), (.number, "number"):
      true
    case (.number, "integer"): value.integerValue != nil
    default: false
    }
  }
}
