package import Bytes
internal import Models

/// The options of one generation.
package struct GenerationOptions: Sendable {
  /// Largest number of generated tokens; nil for no limit except the context.
  package var maxTokenCount: Int?
  /// The options of sampling.
  package var sampler: SamplerOptions
  /// Stop strings: the text ends before the first one.
  package var stops: [String]
  /// The grammar of the text, for example that of a JSON schema.
  package var grammar: ByteGrammar?
  /// The JSON schema from which the grammar was compiled, if any; a server receives the schema.
  package var jsonSchema: JSONValue?
  /// Whether speculative decoding is used, which changes the speed but not the output.
  package var usesSpeculation: Bool
  /// A file that stores the prompt's state between runs.
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

/// An event of a running generation.
package enum GenerationEvent: Sendable, Equatable {
  /// Progress in the prompt: the number of tokens evaluated or taken from a cache.
  case prefill(tokenCount: Int, total: Int)
  /// A token was sampled. Its text may follow later: a character can span several tokens, and text
  /// that may become a stop string is held back.
  case token(GeneratedToken)
  /// The next piece of the text, in whole characters.
  case text(String)
  /// A message for the user, for example that a cache file could not be used.
  case note(String)
}
