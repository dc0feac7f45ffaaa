package import Bytes
package import Kernels

extension ModelError: CategorizedError {
  package var subjectPath: String? {
    switch self {
    case .unreadable(let source, _), .missing(_, _, let source), .invalid(_, _, let source),
      .unsupported(_, _, _, let source), .shape(_, _, _, let source),
      .notEnoughMemory(let source, _, _, _):
      source
    case .emptySequence, .tooManyTokens, .tokenOutsideVocabulary, .contextFull: nil
    }
  }

  package var category: ErrorCategory {
    switch self {
    case .unreadable, .missing, .invalid, .unsupported, .shape, .emptySequence, .tooManyTokens,
      .tokenOutsideVocabulary, .contextFull, .notEnoughMemory:
      .invalidData
    }
  }
}

// Kernels import no other module, so the conformance is in the first module that knows both.
extension KernelError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .byteCount, .partialBlock, .shape, .scaleNotFinite: .invalidData
    }
  }
}

extension WeightPreparation.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .nothingToPrepare: .unavailable
    case .busy: .busy
    case .notWritable: .cannotCreate
    case .cancelled: .interrupted
    case .weights: .invalidData
    }
  }
}

extension PreparedWeights.Rejection: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .absent, .unreadable: .missingInput
    case .otherLayout, .stale: .invalidData
    }
  }
}
