package import Bytes

extension DocumentError: CategorizedError {
  package var subjectPath: String? { path }

  package var category: ErrorCategory {
    switch self {
    case .cannotOpen, .cannotList, .notARegularFile: .missingInput
    case .toolMissing: .unavailable
    case .fileTooLarge, .textTooLarge, .empty, .unsupported, .binary, .damaged, .encrypted,
      .noTextLayer, .needsTranscription, .timedOut, .toolFailed:
      .invalidData
    }
  }
}

extension TextRecognizer.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .timedOut, .failed: .invalidData
    }
  }
}
