package import Bytes
internal import Models

extension GenerationError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .emptyPrompt: .missingInput
    case .emptyStop: .usage
    case .promptTooLong: .invalidData
    case .model(let error): error.category
    case .sampler(let error): error.category
    }
  }
}

extension TranscriptionError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .invalidOption, .unsupported: .usage
    case .melBands, .vocabulary: .invalidData
    case .model(let error): error.category
    }
  }
}

extension SamplerError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .invalidOption: .usage
    case .notFinite, .noCandidate: .invalidData
    }
  }
}

extension JSONSchemaError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .notJSON, .unsupportedKeyword, .invalid, .unresolvedReference, .endlessReference,
      .tooManyReferences, .unsatisfiable, .tooLarge:
      .invalidData
    }
  }
}

extension OpenAIError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .invalidURL, .invalidKey, .untrustedServer: .configuration
    case .offline: .forbidden
    case .curlMissing, .cannotRunCurl, .cannotConnect, .status: .unavailable
    case .failed, .malformedStream, .lineTooLong, .closedEarly: .inputOutput
    case .unsupported: .usage
    }
  }
}
