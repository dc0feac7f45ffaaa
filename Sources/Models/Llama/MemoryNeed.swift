internal import Checkpoints
internal import Glibc
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
    guard let available = available ?? availableMemoryByteCount(), byteCount > available else {
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

/// The memory that is available without swapping, in bytes: `MemAvailable` of `/proc/meminfo`, which
/// includes the page cache; nil where it is unknown.
func availableMemoryByteCount() -> Int? {
  // Not a MappedFile: files of /proc have size 0.
  let descriptor = open("/proc/meminfo", O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  // The line is the third; the whole file has about 1.5 KB.
  var bytes = [UInt8](repeating: 0, count: 4_096)
  let count = read(descriptor, &bytes, bytes.count)
  guard count > 0 else { return nil }
  return memoryByteCount(inMemoryInformation: String(decoding: bytes[..<count], as: UTF8.self))
}

/// The value of the `MemAvailable` line of `/proc/meminfo`, in bytes.
func memoryByteCount(inMemoryInformation text: String) -> Int? {
  for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
    let words = line.split(separator: " ")
    guard words.count == 3, words[2] == "kB", let kilobytes = Int(words[1]) else { return nil }
    return kilobytes.multipliedReportingOverflow(by: 1_024).partialValue
  }
  return nil
}
