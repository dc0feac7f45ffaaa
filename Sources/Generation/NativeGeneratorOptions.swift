package import Models
package import Tokenizers

/// How a language model is opened: its weights and session, and how a conversation is written.
package struct NativeGeneratorOptions: Sendable {
  /// Where the weights come from, and the session's context and cache.
  package var load: LoadOptions
  /// The template to use instead of the one that is recognised.
  package var template: ChatTemplate?

  package init(load: LoadOptions = LoadOptions(), template: ChatTemplate? = nil) {
    self.load = load
    self.template = template
  }
}
