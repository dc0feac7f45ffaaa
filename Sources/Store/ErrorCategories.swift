package import Bytes

extension StoreError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .notFound: .missingInput
    case .notAnIndex, .newerSchema, .olderSchema, .corrupt, .invalidInput: .invalidData
    case .identityMismatch: .incompatible
    case .invalidQuery: .usage
    case .readOnly: .cannotCreate
    case .busy: .busy
    case .diskFull, .inputOutput, .database: .inputOutput
    }
  }

  package var subjectPath: String? {
    switch self {
    case .notFound(let path), .notAnIndex(let path, _), .newerSchema(let path, _, _),
      .olderSchema(let path, _, _), .identityMismatch(let path, _, _, _), .readOnly(let path),
      .busy(let path), .diskFull(let path), .inputOutput(let path, _), .corrupt(let path, _),
      .database(let path, _, _):
      path
    case .invalidInput, .invalidQuery: nil
    }
  }
}
