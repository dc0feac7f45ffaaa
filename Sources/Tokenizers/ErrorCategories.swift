package import Bytes

extension TokenizerError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .missing, .invalid, .unsupported, .unreadable: .invalidData
    }
  }

  package var subjectPath: String? {
    switch self {
    case .missing(_, _, let source), .invalid(_, _, let source), .unsupported(_, _, _, let source),
      .unreadable(let source, _):
      source
    }
  }
}
