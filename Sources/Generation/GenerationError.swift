package import Models

/// Why nothing could be generated.
package enum GenerationError: Error, Sendable, Equatable {
  /// The prompt has no tokens at all.
  case emptyPrompt
  /// The prompt alone fills the context.
  case promptTooLong(tokenCount: Int, contextTokenCount: Int)
  /// A stop string is empty.
  case emptyStop
  case model(ModelError)
  case sampler(SamplerError)
}

extension GenerationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyPrompt:
      "the prompt is empty"
    case .promptTooLong(let tokenCount, let contextTokenCount):
      "the prompt has \(tokenCount) tokens, and the context holds \(contextTokenCount), one of which "
        + "must be left for the answer: shorten the prompt, or give a larger context (-c)"
    case .emptyStop:
      "a stop string is empty"
    case .model(let error): error.description
    case .sampler(let error): error.description
    }
  }
}
