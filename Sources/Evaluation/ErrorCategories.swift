package import Bytes

extension SQuADDataset.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .unreadable: .missingInput
    case .malformed: .invalidData
    }
  }

  package var subjectPath: String? {
    switch self {
    case .unreadable(let path, _): path
    // The help of the command says which structure is expected.
    case .malformed: nil
    }
  }
}
