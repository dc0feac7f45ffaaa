package import Models

/// An error that prevents a generation.
package enum GenerationError: Error, Sendable, Equatable {
  /// The prompt has no tokens.
  case emptyPrompt
  /// The prompt alone fills the context.
  case promptTooLong(tokenCount: Int, contextTokenCount: Int)
  /// A stop string is empty.
  case emptyStop
  /// The model failed.
  case model(ModelError)
  /// A sampler option is invalid, or no token can be chosen.
  case sampler(SamplerError)
}

extension GenerationError: CustomStringConvertible {
  /// One sentence, with the remedy if there is one.
  package var description: String {
    switch self {
    case .emptyPrompt:
      "the prompt is empty"
    case .promptTooLong(let tokenCount, let contextTokenCount):
      "the prompt has \(tokenCount) tokens, and the context holds \(contextTokenCount), one of which "
        + "must be left for the answer: shorten the prompt or use a larger context (-c)"
    case .emptyStop:
      "a stop string is empty"
    case .model(let error): error.description
    case .sampler(let error): error.description
    }
  }
}
