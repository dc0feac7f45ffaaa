import Bytes

/// A small validator of the supported JSON schemas, independent of the compiler.
struct SchemaValidator {
  let root: JSONValue

  func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    if let reference = schema["$ref"]?.stringValue {
      if reference == "#" { return accepts(value, root) }
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      return (root["$defs"]?[name] ?? root["definitions"]?[name]).map { accepts(value, $0) }
        ?? false
    }
    if let any = schema["anyOf"]?.arrayValue { return any.contains { accepts(value, $0) } }
    if let constant = schema["const"] { return value == constant }
    if let values = schema["enum"]?.arrayValue { return values.contains(value) }
    let types =
      schema["type"]?.arrayValue?.compactMap(\.stringValue)
      ?? [schema["type"]?.stringValue ?? "object"]
    return types.contains { accepts(value, schema, type: $0) }
  }

  private func accepts(_ value: JSONValue, _ schema: JSONValue, type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool): return true
    case ("number", .number(let number)): return number.isFinite
    case ("integer", .number): return value.integerValue != nil
    case ("string", .string(let text)):
      return isCount(text.unicodeScalars.count, schema, "minLength", "maxLength")
    case ("array", .array(let elements)):
      return isCount(elements.count, schema, "minItems", "maxItems")
        && elements.allSatisfy { element in schema["items"].map { accepts(element, $0) } ?? false }
    case ("object", .object(let members)):
      let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
      return Set(members.map(\.key)).count == members.count
        && required.allSatisfy { key in members.contains { $0.key == key } }
        && members.allSatisfy { member in
          schema["properties"]?[member.key].map { accepts(member.value, $0) } ?? false
        }
    default: return false
    }
  }

  private func isCount(
    _ count: Int, _ schema: JSONValue, _ minimum: String, _ maximum: String
  ) -> Bool {
    count >= schema[minimum]?.integerValue ?? 0 && count <= schema[maximum]?.integerValue ?? .max
  }
}
