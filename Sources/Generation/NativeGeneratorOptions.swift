package import Kernels
package import Tokenizers

/// How a language model is held in memory.
package struct NativeGeneratorOptions: Sendable {
  /// Tokens that prompt and answer may have together; nil: the model's own, at most
  /// ``defaultContextTokenCount``.
  package var contextTokenCount: Int?
  /// How the attention cache stores numbers.
  package var cacheType: KVCacheType
  /// Whether the weights are laid out anew for the kernels.
  package var repacks: Bool
  /// Whether weights that `models prepare` laid out are used.
  package var usesPrepared: Bool
  /// The template to use instead of the one that is recognised.
  package var template: ChatTemplate?

  /// Half a gigabyte of cache for Mistral-7B in Float16, and two for Llama-2-7B.
  package static let defaultContextTokenCount = 4096

  package init(
    contextTokenCount: Int? = nil, cacheType: KVCacheType = .f16, repacks: Bool = true,
    usesPrepared: Bool = true, template: ChatTemplate? = nil
  ) {
    self.contextTokenCount = contextTokenCount
    self.cacheType = cacheType
    self.repacks = repacks
    self.usesPrepared = usesPrepared
    self.template = template
  }
}
