package import Tokenizers

/// The prompt of a language model.
package enum GenerationPrompt: Sendable, Equatable {
  /// A conversation, which the model's chat template formats.
  case messages([ChatMessage])
  /// Text without a template; spellings of special tokens become those tokens.
  case raw(String)
}

/// A language model in this process or on a server.
package protocol TextGenerator: Sendable {
  /// The model's name.
  var name: String { get }

  /// Largest number of tokens of prompt and answer together.
  var contextTokenCount: Int { get }

  /// The number of the model's weights; nil where it is not known, as on a server.
  var parameterCount: Int? { get }

  /// The number of tokens of a prompt.
  ///
  /// - Throws: when the model does not support the prompt.
  func tokenCount(of prompt: GenerationPrompt) throws -> Int

  /// Generates a text.
  ///
  /// - Parameters:
  ///   - prompt: the prompt.
  ///   - options: sampling, length and stop strings.
  ///   - emit: called for each event, for example each piece of text.
  ///   - shouldStop: called before each token; true cancels the generation and keeps its text.
  /// - Returns: the text, the reason for its end, and statistics.
  /// - Throws: when the prompt does not fit or the model fails.
  func generate(
    _ prompt: GenerationPrompt, options: GenerationOptions, emit: (GenerationEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> GenerationResult
}

extension TextGenerator {
  package var parameterCount: Int? { nil }
}
