/// An error in compiling a JSON schema.
package enum JSONSchemaError: Error, Equatable, Sendable {
  /// The text of the schema is not JSON.
  case notJSON(JSONTextProblem)
  /// A keyword that is not supported.
  case unsupportedKeyword(String, path: String)
  /// A keyword's value is invalid or not supported.
  case invalid(path: String, reason: String)
  /// A `$ref` whose target does not exist.
  case unresolvedReference(String, path: String)
  /// A schema refers to itself without an object or array in between.
  case endlessReference
  /// A chain of references is too long.
  case tooManyReferences(limit: Int, path: String)
  /// No JSON text within the depth limit satisfies the schema.
  case unsatisfiable(depthLimit: Int)
  /// The grammar would have too many nodes.
  case tooLarge(nodeLimit: Int)

  /// The JSON parser's message.
  package struct JSONTextProblem: Equatable, Sendable {
    package var description: String
  }
}

extension JSONSchemaError: CustomStringConvertible {
  /// One sentence that names the keyword and its path.
  package var description: String {
    switch self {
    case .notJSON(let problem):
      "the JSON schema cannot be read: \(problem.description)"
    case .unsupportedKeyword(let keyword, let path):
      "the JSON schema uses '\(keyword)' at \(path), which is not supported; supported are "
        + JSONSchemaCompiler.supportedKeywords.joined(separator: ", ")
    case .invalid(let path, let reason):
      "the JSON schema at \(path): \(reason)"
    case .unresolvedReference(let reference, let path):
      "the JSON schema at \(path): '\(reference)' does not exist; a reference is \"#\" or "
        + "\"#/$defs/NAME\""
    case .endlessReference:
      "the JSON schema refers to itself without an object or array in between"
    case .tooManyReferences(let limit, let path):
      "the JSON schema at \(path): a chain of more than \(limit) references"
    case .unsatisfiable(let depthLimit):
      "no JSON text nested at most \(depthLimit) deep satisfies the JSON schema"
    case .tooLarge(let nodeLimit):
      "the JSON schema is too large: its grammar has more than \(nodeLimit) nodes"
    }
  }
}
