internal import Bytes
internal import Checkpoints
internal import Kernels

/// The memory that a model and its session will take, estimated before anything is loaded.
struct MemoryNeed {
  /// The tensors, counted once: after repacking, the file's own pages are not needed.
  let weightByteCount: Int
  /// The keys and values of the whole context.
  let cacheByteCount: Int
  /// The activations of a batch.
  let stateByteCount: Int
  private let contextTokenCount: Int

  init(_ checkpoint: Checkpoint, _ config: LlamaConfig, _ options: LoadOptions) {
    self.init(
      weights: checkpoint.tensors.reduce(0) { $0 + $1.byteCount }, config,
      contextTokenCount: options.contextTokenCount(for: config), cacheType: options.cacheType,
      batchTokenCount: 512)
  }

  init(
    weights: Int, _ config: LlamaConfig, contextTokenCount: Int, cacheType: KVCacheType,
    batchTokenCount: Int
  ) {
    weightByteCount = weights
    cacheByteCount =
      KVCache.byteCount(
        layers: config.layers, heads: config.keyValueHeads, headDim: config.headDim,
        capacity: contextTokenCount, type: cacheType) ?? 0
    stateByteCount = LlamaState.byteCount(config: config, capacity: batchTokenCount)
    self.contextTokenCount = contextTokenCount
  }

  var byteCount: Int { weightByteCount + cacheByteCount + stateByteCount }

  /// Throws `ModelError.notEnoughMemory` where the need exceeds what is available.
  func check(available: Int?, source: String) throws(ModelError) {
    guard let available = available ?? ProcFile.availableMemoryByteCount, byteCount > available
    else {
      return
    }
    let weights = weightByteCount > 0 ? "\(megabytes(weightByteCount)) MB of weights, " : ""
    throw .notEnoughMemory(
      source: source, needed: byteCount, available: available,
      parts: weights + "\(megabytes(cacheByteCount)) MB of keys and values for "
        + "\(contextTokenCount) tokens, \(megabytes(stateByteCount)) MB of activations")
  }

  private func megabytes(_ byteCount: Int) -> Int { (byteCount + 999_999) / 1_000_000 }
}
