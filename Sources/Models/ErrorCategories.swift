package import Bytes
package import Kernels

extension ModelError: CategorizedError {
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
