package import Models
package import Tokenizers

/// Options for opening a language model: its weights, its session and its chat template.
package struct NativeGeneratorOptions: Sendable {
  /// The source of the weights, and the session's context and cache.
  package var load: LoadOptions
  /// The template to use instead of the one that is recognised.
  package var template: ChatTemplate?

  package init(load: LoadOptions = LoadOptions(), template: ChatTemplate? = nil) {
    self.load = load
    self.template = template
  }
}
