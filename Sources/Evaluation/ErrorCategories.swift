package import Bytes

extension SQuADDataset.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .unreadable: .missingInput
    case .malformed: .invalidData
    }
  }
}
