package import Kernels

/// The source of a language model's weights at load.
///
/// The results are the same bits in every case; the choice decides how long loading takes, how much
/// memory is resident and how fast the kernels read.
package enum WeightPlacement: String, Sendable, CaseIterable {
  /// Mapped from the prepared file of `swiftrag models prepare` where there is one that fits, else
  /// reordered. The default.
  case prepared
  /// Copied at load into the order that the kernels read fastest, whether or not there is a prepared
  /// file (`--no-prepared`). The model's own pages are given back as it goes, so that one copy of the
  /// weights is resident.
  case reordered
  /// Multiplied with in the model's own file, row by row (`--no-repack`): nothing is copied, and
  /// products are slower.
  case inPlace
}

/// Options for loading a language model: the one value that goes from a command's flags to the
/// loader.
package struct LoadOptions: Sendable, Equatable {
  /// The number of positions that a token attends to.
  package enum SlidingWindow: Sendable, Equatable {
    /// The file's `attention.sliding_window`; all positions where it has none.
    case asFile
    /// All positions, whatever the file says.
    ///
    /// llama.cpp does this for arch `llama`, and since its pull request 13676 for `phi3`.
    case full
    /// The given number, the token's own position included.
    case tokens(Int)
  }

  package var weights: WeightPlacement
  package var slidingWindow: SlidingWindow
  /// Tokens of the session that will be opened; nil for the model's own context, at most
  /// ``defaultContextTokenCount``.
  ///
  /// It is counted when the memory is checked, before loading.
  package var contextTokenCount: Int?
  /// The type in which the session stores keys and values.
  package var cacheType: KVCacheType
  /// Memory that may be used, in bytes; the system's own figure when nil.
  package var availableByteCount: Int?

  /// Half a gigabyte of cache for Mistral-7B in Float16, and two for Llama-2-7B.
  package static let defaultContextTokenCount = 4_096

  package init(
    weights: WeightPlacement = .prepared, slidingWindow: SlidingWindow = .asFile,
    contextTokenCount: Int? = nil, cacheType: KVCacheType = .f16, availableByteCount: Int? = nil
  ) {
    self.weights = weights
    self.slidingWindow = slidingWindow
    self.contextTokenCount = contextTokenCount
    self.cacheType = cacheType
    self.availableByteCount = availableByteCount
  }

  /// Tokens of the session for a model of that configuration.
  package func contextTokenCount(for config: LlamaConfig) -> Int {
    contextTokenCount ?? min(config.context, Self.defaultContextTokenCount)
  }
}
