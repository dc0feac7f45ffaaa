package import Tokenizers

/// What a language model is asked to continue.
package enum GenerationPrompt: Sendable, Equatable {
  /// A conversation, brought into the form that the model was trained on.
  case messages([ChatMessage])
  /// A text as it is; special tokens spelled in it are such tokens.
  case raw(String)
}

/// A language model, wherever it runs.
package protocol TextGenerator: Sendable {
  /// The model's name.
  var name: String { get }

  /// How many tokens prompt and answer may have together.
  var contextTokenCount: Int { get }

  /// How many tokens a prompt has.
  ///
  /// - Throws: when the model cannot take such a prompt.
  func tokenCount(of prompt: GenerationPrompt) throws -> Int

  /// Generates a text.
  ///
  /// - Parameters:
  ///   - prompt: what is continued.
  ///   - options: how tokens are chosen and where the text ends.
  ///   - emit: told of each piece of text as soon as it is certain.
  ///   - shouldStop: asked before each token; what was said until then is kept.
  /// - Returns: the text, why it ended, and what it cost.
  /// - Throws: when the prompt does not fit, or the model fails.
  func generate(
    _ prompt: GenerationPrompt, options: GenerationOptions, emit: (GenerationEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> GenerationResult
}
