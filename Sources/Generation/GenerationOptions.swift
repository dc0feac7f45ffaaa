package import Bytes
internal import Models

/// What is asked of one generation.
package struct GenerationOptions: Sendable {
  /// The most tokens that are generated; nil goes on until the model ends or the context is full.
  package var maxTokenCount: Int?
  /// How each token is chosen.
  package var sampler: SamplerOptions
  /// The text ends before the first of these that would appear in it.
  package var stops: [String]
  /// What the text must be, for example the grammar of a JSON schema.
  package var grammar: ByteGrammar?
  /// The JSON schema that the grammar was compiled from, where it was: a server gets it instead.
  package var jsonSchema: JSONValue?
  /// Whether tokens are drafted from the text so far and checked several at once; the output is the
  /// same either way.
  package var usesSpeculation: Bool
  /// A file that keeps the prompt's state between runs.
  package var promptCachePath: String?

  package init(
    maxTokenCount: Int? = 512, sampler: SamplerOptions = SamplerOptions(), stops: [String] = [],
    grammar: ByteGrammar? = nil, jsonSchema: JSONValue? = nil, usesSpeculation: Bool = true,
    promptCachePath: String? = nil
  ) {
    self.maxTokenCount = maxTokenCount
    self.sampler = sampler
    self.stops = stops
    self.grammar = grammar
    self.jsonSchema = jsonSchema
    self.usesSpeculation = usesSpeculation
    self.promptCachePath = promptCachePath
  }
}

/// What a generation tells while it runs.
package enum GenerationEvent: Sendable, Equatable {
  /// So many of the prompt's tokens have been read, those from a cache included.
  case prefill(tokenCount: Int, total: Int)
  /// A token was chosen. Its text may come later: a character can take several tokens, and text that
  /// may become a stop string waits.
  case token(GeneratedToken)
  /// The next piece of the text, whole characters.
  case text(String)
  /// Something that a person should know, for example that a cache file could not be used.
  case note(String)
}
