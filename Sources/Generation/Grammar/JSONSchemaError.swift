/// Why a JSON schema cannot be turned into a grammar.
package enum JSONSchemaError: Error, Equatable, Sendable {
  /// The text of the schema is not JSON.
  case notJSON(JSONTextProblem)
  /// A keyword that this program does not enforce.
  case unsupportedKeyword(String, path: String)
  /// A keyword's value is not what JSON Schema or this program allows.
  case invalid(path: String, reason: String)
  /// A `$ref` that leads nowhere.
  case unresolvedReference(String, path: String)
  /// A schema refers to itself without an object or array between.
  case endlessReference
  /// References lead to references, deeper than the compiler follows.
  case tooManyReferences(limit: Int, path: String)
  /// No JSON text within the depth limit satisfies the schema.
  case unsatisfiable(depthLimit: Int)
  /// The grammar would have too many nodes.
  case tooLarge(nodeLimit: Int)

  /// What the reader of JSON said, in words.
  package struct JSONTextProblem: Equatable, Sendable {
    package var description: String
  }
}

extension JSONSchemaError: CustomStringConvertible {
  /// One sentence that names the keyword and its place.
  package var description: String {
    switch self {
    case .notJSON(let problem):
      "the JSON schema cannot be read: \(problem.description)"
    case .unsupportedKeyword(let keyword, let path):
      "the JSON schema uses '\(keyword)' at \(path), which cannot be enforced; supported are "
        + JSONSchemaCompiler.supportedKeywords.joined(separator: ", ")
    case .invalid(let path, let reason):
      "the JSON schema at \(path): \(reason)"
    case .unresolvedReference(let reference, let path):
      "the JSON schema at \(path): '\(reference)' leads nowhere; a reference is \"#\" or "
        + "\"#/$defs/NAME\""
    case .endlessReference:
      "the JSON schema refers to itself without an object or array between"
    case .tooManyReferences(let limit, let path):
      "the JSON schema at \(path): references lead to references more than \(limit) deep"
    case .unsatisfiable(let depthLimit):
      "no JSON text nested at most \(depthLimit) deep satisfies the JSON schema"
    case .tooLarge(let nodeLimit):
      "the JSON schema is too large: its grammar has more than \(nodeLimit) nodes"
    }
  }
}
