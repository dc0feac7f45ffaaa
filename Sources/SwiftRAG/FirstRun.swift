package import Downloads
internal import Bytes
internal import Dispatch
internal import Foundation
internal import Kernels
internal import Synchronization

/// The language model that fits this machine, for a person who has none.
package struct FirstRun: Sendable {
  /// The model of the registry.
  package let model: RegistryModel

  /// The names in the registry, the best first.
  private static let candidates = ["mistral", "qwen2.5-1.5b", "smollm2-360m"]

  /// Chooses the first candidate whose memory is available.
  ///
  /// - Parameter registry: the models with names.
  package init?(registry: ModelRegistry) {
    let available = ProcFile.availableMemoryByteCount ?? .max
    let models = Self.candidates.compactMap { registry[$0] }
    guard let model = models.first(where: { $0.memoryByteCount ?? 0 <= available }) ?? models.last
    else { return nil }
    self.model = model
  }

  /// Measures the speed of memory, which limits the tokens per second that the model can generate.
  ///
  /// - Returns: nil if memory is short.
  /// - Complexity: about 60 ms, and ten times as much where other programs compute.
  package func measuredTokensPerSecond() -> Double? {
    // Each token reads all weights once.
    MemorySpeed.bytesPerSecond().map { $0 / Double(max(1, model.byteCount)) }
  }
}

/// The speed at which this machine reads memory.
enum MemorySpeed {
  /// Larger than the last-level cache of most processors.
  private static let byteCount = 96 << 20

  /// The speed of `memchr` over memory that is in no cache, on one thread for each physical core.
  ///
  /// - Returns: bytes per second; nil where memory is short.
  /// - Complexity: about 60 ms.
  static func bytesPerSecond() -> Double? {
    if let available = ProcFile.availableMemoryByteCount, available < 4 * byteCount { return nil }
    let lanes = max(1, min(physicalCoreCount(), 8))
    let part = byteCount / lanes
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    defer { memory.deallocate() }
    memset(memory, 1, byteCount)
    let address = UInt(bitPattern: memory)
    let hits = Atomic<Int>(0)
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      // The value is nowhere, so everything is read.
      if let base = UnsafeMutableRawPointer(bitPattern: address),
        memchr(base + lane * part, 2, part) != nil
      {
        hits.add(1, ordering: .relaxed)
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    // Also keeps the search from being optimised away.
    guard hits.load(ordering: .relaxed) == 0 else { return nil }
    return seconds > 0 ? Double(part * lanes) / seconds : nil
  }
}
