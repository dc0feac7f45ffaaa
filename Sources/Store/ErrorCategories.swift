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
}
