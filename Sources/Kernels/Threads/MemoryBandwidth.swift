import Glibc

extension ComputeContext {
  /// The bandwidth at which the threads of the pool together read memory: the limit of decoding,
  /// which reads every weight once for each token.
  ///
  /// Each thread sums one contiguous part of a buffer that no cache holds, with four chains of
  /// vector operations, so that only loads limit the speed.
  ///
  /// - Parameters:
  ///   - byteCount: of the buffer; several times the last-level cache.
  ///   - rounds: passes over the buffer; the fastest counts, since others only add waiting.
  /// - Returns: bytes a second, or nil where the memory cannot be allocated.
  package func readBandwidth(byteCount: Int = 1 << 30, rounds: Int = 5) -> Double? {
    let partByteCount = byteCount / pool.threadCount / 256 * 256
    let total = partByteCount * pool.threadCount
    // Anonymous memory of its own: calloc's zero page would be read from a cache.
    let mapping = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard partByteCount > 0, let memory = mapping, memory != MAP_FAILED else { return nil }
    defer { munmap(memory, total) }
    madvise(memory, total, MADV_HUGEPAGE)
    pool.run(taskCount: pool.threadCount) { part in
      memset(memory + part * partByteCount, 1, partByteCount)
    }
    var least = Double.infinity
    var sum: UInt64 = 0
    for _ in 0..<max(1, rounds) {
      let seconds = ContinuousClock().measure {
        let sums = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: pool.threadCount)
        defer { sums.deallocate() }
        sums.initialize(repeating: 0)
        pool.run(taskCount: pool.threadCount) { part in
          sums[part] = Self.sum(memory + part * partByteCount, byteCount: partByteCount)
        }
        sum &+= sums.reduce(0, &+)
      }
      least = min(
        least,
        Double(seconds.components.attoseconds) * 1e-18
          + Double(seconds.components.seconds))
    }
    // Every byte is 1; a sum that is never used would not be computed.
    return sum == 0 ? nil : Double(total) / least
  }

  private static func sum(_ memory: UnsafeRawPointer, byteCount: Int) -> UInt64 {
    typealias Lanes = SIMD8<UInt64>
    var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for offset in stride(from: 0, to: byteCount, by: 256) {
      a &+= memory.load(fromByteOffset: offset, as: Lanes.self)
      b &+= memory.load(fromByteOffset: offset + 64, as: Lanes.self)
      c &+= memory.load(fromByteOffset: offset + 128, as: Lanes.self)
      d &+= memory.load(fromByteOffset: offset + 192, as: Lanes.self)
    }
    return (a &+ b &+ c &+ d).wrappedSum()
  }
}
