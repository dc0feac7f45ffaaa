package import Bytes

extension TokenizerError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .missing, .invalid, .unsupported, .unreadable: .invalidData
    }
  }
}
