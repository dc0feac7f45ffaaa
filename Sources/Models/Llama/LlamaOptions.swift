package import Kernels

/// How a model of the Llama family is loaded.
package struct LlamaOptions: Sendable {
  /// How many positions a token sees.
  package enum SlidingWindow: Sendable, Equatable {
    /// What the file says: all, where it has no `attention.sliding_window`.
    case asFile
    /// All, whatever the file says.
    ///
    /// What llama.cpp does with arch `llama`, and since its pull request 13676 with `phi3`.
    case full
    /// So many, the own included.
    case tokens(Int)
  }

  /// Whether weights are copied into the order that the kernels read fastest, else used where they
  /// lie in the file.
  package var repack: Bool
  /// Whether weights that an earlier start saved in that order are looked for.
  package var usesPrepared: Bool
  package var slidingWindow: SlidingWindow
  /// The session that is planned: it is counted when the memory is checked, before loading.
  package var contextTokenCount: Int
  /// The planned session's cache.
  package var cacheType: KVCacheType
  /// Memory that may be used, in bytes; the system's own figure when nil.
  package var availableByteCount: Int?

  package init(
    repack: Bool = true, usesPrepared: Bool = true, slidingWindow: SlidingWindow = .asFile,
    contextTokenCount: Int = 4_096,
    cacheType: KVCacheType = .f16, availableByteCount: Int? = nil
  ) {
    self.repack = repack
    self.usesPrepared = usesPrepared
    self.slidingWindow = slidingWindow
    self.contextTokenCount = contextTokenCount
    self.cacheType = cacheType
    self.availableByteCount = availableByteCount
  }
}
